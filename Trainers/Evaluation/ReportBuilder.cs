namespace MlTransfer.Trainers.Evaluation;

/// <summary>Counts what a <see cref="ClassificationReport"/> states.</summary>
internal sealed class ReportBuilder(IReadOnlyList<string> labels, IReadOnlyList<int> topK)
{
    private readonly int[][] _confusion = [.. labels.Select(_ => new int[labels.Count])];
    private readonly int[] _withinTop = new int[topK.Count];
    private readonly List<Misclassification> _wrong = [];

    public ClassificationReport Build(ReadOnlySpan<int> actual, ReadOnlySpan<float> probabilities, IReadOnlyList<string>? names)
    {
        Check(actual, probabilities, names);
        var rows = actual.Length;
        var losses = new double[rows];
        var correct = new bool[rows];
        for (var row = 0; row < rows; row++)
        {
            var wrong = _wrong.Count;
            losses[row] = Add(row, actual[row], probabilities.Slice(row * labels.Count, labels.Count), names?[row]);
            correct[row] = wrong == _wrong.Count;
        }

        var classes = new ClassMetrics[labels.Count];
        for (var c = 0; c < classes.Length; c++)
        {
            classes[c] = Metrics(c, actual, probabilities);
        }

        var seen = classes.Where(metrics => metrics.Support + metrics.Predicted > 0).ToArray();
        return new ClassificationReport
        {
            Rows = rows,
            Labels = [.. labels],
            Accuracy = (rows - _wrong.Count) / (double)rows,
            BalancedAccuracy = classes.Where(metrics => metrics.Support > 0).Average(metrics => metrics.Recall!.Value),
            LogLoss = losses.Sum() / rows,
            RocAuc = classes.Average(metrics => metrics.RocAuc),
            RocAucWeighted = WeightedRocAuc(classes),
            RocAucPairwise = Ranking.PairwiseRocAuc(actual, probabilities),
            MatthewsCorrelation = Agreement.MatthewsCorrelation(_confusion),
            CohenKappa = Agreement.CohenKappa(_confusion),
            Calibration = Calibration.Measure(actual, probabilities),
            Intervals = BootstrapIntervals.Draw(actual, correct, losses, labels.Count),
            TopK = [.. topK.Select((k, i) => new TopKAccuracy(k, _withinTop[i] / (double)rows))],
            Confusion = _confusion,
            Classes = classes,
            Macro = new AveragedMetrics(
                seen.Average(metrics => metrics.Precision ?? 0), seen.Average(metrics => metrics.Recall ?? 0), seen.Average(metrics => metrics.F1 ?? 0)),
            Micro = Micro(classes),
            Weighted = new AveragedMetrics(
                seen.Sum(metrics => (metrics.Precision ?? 0) * metrics.Support) / rows,
                seen.Sum(metrics => (metrics.Recall ?? 0) * metrics.Support) / rows,
                seen.Sum(metrics => (metrics.F1 ?? 0) * metrics.Support) / rows),
            Misclassified = _wrong,
        };
    }

    private static double? WeightedRocAuc(ClassMetrics[] classes)
    {
        var ranked = classes.Where(metrics => metrics.RocAuc is not null).ToArray();
        return ranked.Length == 0 ? null : ranked.Sum(metrics => metrics.RocAuc!.Value * metrics.Support) / ranked.Sum(metrics => metrics.Support);
    }

    private static AveragedMetrics Micro(ClassMetrics[] classes)
    {
        double correct = classes.Sum(metrics => metrics.Correct);
        double predicted = classes.Sum(metrics => metrics.Predicted);
        double support = classes.Sum(metrics => metrics.Support);
        return new AveragedMetrics(correct / predicted, correct / support, 2 * correct / (predicted + support));
    }

    private void Check(ReadOnlySpan<int> actual, ReadOnlySpan<float> probabilities, IReadOnlyList<string>? names)
    {
        if (actual.IsEmpty)
        {
            throw new ArgumentException("There are no rows to evaluate.", nameof(actual));
        }

        if (probabilities.Length != (long)actual.Length * labels.Count)
        {
            throw new ArgumentException(
                $"{actual.Length} rows × {labels.Count} classes take {(long)actual.Length * labels.Count} probabilities; {probabilities.Length} were given.",
                nameof(probabilities));
        }

        if (names is not null && names.Count != actual.Length)
        {
            throw new ArgumentException($"{names.Count} names were given for {actual.Length} rows.", nameof(names));
        }

        for (var row = 0; row < actual.Length; row++)
        {
            if ((uint)actual[row] >= (uint)labels.Count)
            {
                throw new ArgumentException($"Row {row} has the class {actual[row]}; with {labels.Count} classes they go from 0 to {labels.Count - 1}.", nameof(actual));
            }
        }

        for (var i = 0; i < probabilities.Length; i++)
        {
            if (!(probabilities[i] >= 0 && probabilities[i] <= 1.000001f))
            {
                throw new ArgumentException(
                    $"Row {i / labels.Count} gives '{labels[i % labels.Count]}' the probability {probabilities[i]}; it must lie from 0 to 1.", nameof(probabilities));
            }
        }
    }

    private double Add(int row, int actual, ReadOnlySpan<float> probabilities, string? name)
    {
        var predicted = 0;
        var better = 0;
        var own = probabilities[actual];
        for (var c = 0; c < probabilities.Length; c++)
        {
            if (probabilities[c] > probabilities[predicted])
            {
                predicted = c;
            }

            better += probabilities[c] > own || (probabilities[c] == own && c < actual) ? 1 : 0;
        }

        for (var i = 0; i < topK.Count; i++)
        {
            _withinTop[i] += better < topK[i] ? 1 : 0;
        }

        _confusion[actual][predicted]++;
        if (predicted != actual)
        {
            _wrong.Add(new Misclassification(row, name, labels[actual], labels[predicted], probabilities[predicted], own));
        }

        return -Math.Log(Math.Clamp(own, ClassificationReport.SmallestProbability, 1));
    }

    private ClassMetrics Metrics(int number, ReadOnlySpan<int> actual, ReadOnlySpan<float> probabilities)
    {
        var scores = new double[actual.Length];
        var positives = new bool[actual.Length];
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = probabilities[(row * labels.Count) + number];
            positives[row] = actual[row] == number;
        }

        var support = _confusion[number].Sum();
        var predicted = _confusion.Sum(row => row[number]);
        var correct = _confusion[number][number];
        return new ClassMetrics(
            labels[number],
            support,
            predicted,
            correct,
            predicted == 0 ? null : correct / (double)predicted,
            support == 0 ? null : correct / (double)support,
            support + predicted == 0 ? null : 2.0 * correct / (support + predicted),
            Ranking.RocAuc(scores, positives),
            Ranking.AveragePrecision(scores, positives));
    }
}
