namespace MlTransfer.Trainers.Evaluation;

/// <summary>How well scores put the rows of a class before the others, whatever the threshold.</summary>
/// <remarks>Definitions as scikit-learn's roc_auc_score and average_precision_score. Stateless, hence thread-safe.</remarks>
public static class Ranking
{
    /// <summary>Area under the ROC curve: the chance that a row of the class scores above one of another, ties counting half.</summary>
    /// <param name="scores">A score a row; no NaN.</param>
    /// <param name="positives">Whether the row is of the class.</param>
    /// <returns>0 to 1; null where one of the two kinds does not occur.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? RocAuc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positives)
    {
        var order = Descending(scores, positives);
        double above = 0, positive = 0, negative = 0;
        for (var start = 0; start < order.Length;)
        {
            var (end, hits) = Ties(scores, positives, order, start);
            var misses = end - start - hits;
            above += misses * (positive + (hits / 2.0));
            positive += hits;
            negative += misses;
            start = end;
        }

        return positive == 0 || negative == 0 ? null : above / (positive * negative);
    }

    /// <summary>Average precision: the sum over falling thresholds of precision times the recall gained.</summary>
    /// <param name="scores">A score a row; no NaN.</param>
    /// <param name="positives">Whether the row is of the class.</param>
    /// <returns>0 to 1; null where the class does not occur.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positives)
    {
        var order = Descending(scores, positives);
        double sum = 0, positive = 0;
        for (var start = 0; start < order.Length;)
        {
            var (end, hits) = Ties(scores, positives, order, start);
            positive += hits;
            sum += hits * (positive / end);
            start = end;
        }

        return positive == 0 ? null : sum / positive;
    }

    private static int[] Descending(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positives)
    {
        if (scores.Length != positives.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {positives.Length} rows.", nameof(positives));
        }

        var keys = scores.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = -keys[i];
        }

        Array.Sort(keys, order);
        return order;
    }

    /// <summary>The rows from a place on that share its score: where they end, and how many are positive.</summary>
    private static (int End, int Hits) Ties(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positives, int[] order, int start)
    {
        var end = start;
        var hits = 0;
        while (end < order.Length && scores[order[end]] == scores[order[start]])
        {
            hits += positives[order[end++]] ? 1 : 0;
        }

        return (end, hits);
    }
}
