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

    /// <summary>
    /// Mean over all pairs of classes of the area under the ROC curve between the two (Hand and Till, Machine Learning 45, 2001): of the rows of either
    /// class, how well each one's score puts its own rows first. Unlike the curve against the rest it does not depend on how common the classes are.
    /// </summary>
    /// <param name="actual">Class a row, 0 … classes − 1.</param>
    /// <param name="scores">rows × classes, row-major; no NaN.</param>
    /// <returns>0 to 1; null where fewer than two classes occur.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static double? PairwiseRocAuc(ReadOnlySpan<int> actual, ReadOnlySpan<float> scores)
    {
        if (actual.IsEmpty || scores.Length % actual.Length != 0)
        {
            throw new ArgumentException($"{scores.Length} scores do not make {actual.Length} rows.", nameof(scores));
        }

        var classes = scores.Length / actual.Length;
        var rowsOf = new List<int>[classes];
        for (var row = 0; row < actual.Length; row++)
        {
            (rowsOf[actual[row]] ??= []).Add(row);
        }

        var (sum, pairs) = (0.0, 0);
        for (var a = 0; a < classes; a++)
        {
            for (var b = a + 1; b < classes; b++)
            {
                if (rowsOf[a] is { } ofA && rowsOf[b] is { } ofB)
                {
                    sum += (Between(scores, classes, a, ofA, ofB) + Between(scores, classes, b, ofB, ofA)) / 2;
                    pairs++;
                }
            }
        }

        return pairs == 0 ? null : sum / pairs;
    }

    private static double Between(ReadOnlySpan<float> scores, int classes, int own, List<int> ownRows, List<int> otherRows)
    {
        var values = new double[ownRows.Count + otherRows.Count];
        var positives = new bool[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            positives[i] = i < ownRows.Count;
            values[i] = scores[((positives[i] ? ownRows[i] : otherRows[i - ownRows.Count]) * classes) + own];
        }

        return RocAuc(values, positives)!.Value;
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
