using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Evaluation;

/// <summary>95 % confidence intervals of an evaluation's main figures: rows are drawn again with replacement, and the middle 95 % of the figures kept.</summary>
/// <remarks>
/// Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993 (percentile interval). The draws follow from a fixed seed, so the same rows give
/// the same intervals. They speak of the chance in which rows were evaluated, not of the chance in which rows were trained on. Immutable.
/// </remarks>
public sealed record BootstrapIntervals
{
    /// <summary>Drawings.</summary>
    public const int Resamples = 1000;

    /// <summary>Of the accuracy.</summary>
    public required ConfidenceInterval Accuracy { get; init; }

    /// <summary>Of the balanced accuracy.</summary>
    public required ConfidenceInterval BalancedAccuracy { get; init; }

    /// <summary>Of the log loss.</summary>
    public required ConfidenceInterval LogLoss { get; init; }

    /// <summary>Draws again and again.</summary>
    /// <param name="actual">True class a row.</param>
    /// <param name="correct">Whether the row was predicted right.</param>
    /// <param name="losses">−ln(probability of the true class) a row.</param>
    /// <param name="classes">Number of classes.</param>
    internal static BootstrapIntervals Draw(ReadOnlySpan<int> actual, ReadOnlySpan<bool> correct, ReadOnlySpan<double> losses, int classes)
    {
        var random = new SeededRandom(0);
        var (accuracies, balanced, logLosses) = (new double[Resamples], new double[Resamples], new double[Resamples]);
        var (support, hits) = (new int[classes], new int[classes]);
        for (var resample = 0; resample < Resamples; resample++)
        {
            Array.Clear(support);
            Array.Clear(hits);
            var loss = 0.0;
            for (var draw = 0; draw < actual.Length; draw++)
            {
                var row = random.Next(actual.Length);
                support[actual[row]]++;
                hits[actual[row]] += correct[row] ? 1 : 0;
                loss += losses[row];
            }

            var (right, recalls, present) = (0, 0.0, 0);
            for (var c = 0; c < classes; c++)
            {
                right += hits[c];
                recalls += support[c] > 0 ? hits[c] / (double)support[c] : 0;
                present += support[c] > 0 ? 1 : 0;
            }

            accuracies[resample] = right / (double)actual.Length;
            balanced[resample] = recalls / present;
            logLosses[resample] = loss / actual.Length;
        }

        return new BootstrapIntervals { Accuracy = Middle(accuracies), BalancedAccuracy = Middle(balanced), LogLoss = Middle(logLosses) };
    }

    /// <summary>The interval of a mean over rows.</summary>
    internal static ConfidenceInterval OfMean(IReadOnlyList<double> values)
    {
        var random = new SeededRandom(0);
        var means = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            var sum = 0.0;
            for (var draw = 0; draw < values.Count; draw++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[resample] = sum / values.Count;
        }

        return Middle(means);
    }

    /// <summary>Sorts the figures of all drawings and gives the range of their middle 95 %.</summary>
    internal static ConfidenceInterval Middle(double[] figures)
    {
        Array.Sort(figures);
        return new ConfidenceInterval(figures[(int)(0.025 * Resamples)], figures[(int)(0.975 * Resamples) - 1]);
    }
}
