namespace MlTransfer.Trainers.Evaluation;

/// <summary>How far probabilities can be taken at their word.</summary>
/// <remarks>
/// Confidence is the largest probability of a row. Bins are equal intervals ((b)/n, (b+1)/n]. Source: Guo et al., On Calibration of Modern Neural
/// Networks, 2017; Brier, 1950 (sum over classes, 0 to 2). Immutable.
/// </remarks>
public sealed record Calibration
{
    /// <summary>Bins by default.</summary>
    public const int DefaultBins = 15;

    /// <summary>Mean over rows of the sum over classes of (probability − truth)², 0 … 2; 0 is best.</summary>
    public required double Brier { get; init; }

    /// <summary>Expected calibration error: mean distance between accuracy and confidence of a bin, weighted by its rows, 0 … 1.</summary>
    public required double ExpectedError { get; init; }

    /// <summary>The largest of these distances, 0 … 1.</summary>
    public required double LargestError { get; init; }

    /// <summary>Mean entropy of a row's probabilities, in nats.</summary>
    public required double MeanEntropy { get; init; }

    /// <summary>The bins, from confidence 0 up.</summary>
    public required IReadOnlyList<CalibrationBin> Bins { get; init; }

    /// <summary>Measures probabilities.</summary>
    /// <param name="actual">True class a row, 0 … classes − 1; at least one row.</param>
    /// <param name="probabilities">rows × classes, row-major.</param>
    /// <param name="bins">Number of bins, at least 1; default 15.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no rows.</exception>
    public static Calibration Measure(ReadOnlySpan<int> actual, ReadOnlySpan<float> probabilities, int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (actual.IsEmpty || probabilities.Length % actual.Length != 0)
        {
            throw new ArgumentException($"{probabilities.Length} probabilities do not make {actual.Length} rows.", nameof(probabilities));
        }

        var classes = probabilities.Length / actual.Length;
        var (counts, hits, confidences) = (new int[bins], new int[bins], new double[bins]);
        double brier = 0, entropy = 0;
        for (var row = 0; row < actual.Length; row++)
        {
            var own = probabilities.Slice(row * classes, classes);
            var predicted = 0;
            for (var c = 0; c < classes; c++)
            {
                double probability = own[c];
                var distance = probability - (c == actual[row] ? 1 : 0);
                brier += distance * distance;
                entropy -= probability > 0 ? probability * Math.Log(probability) : 0;
                predicted = own[c] > own[predicted] ? c : predicted;
            }

            var bin = Math.Clamp((int)Math.Ceiling(own[predicted] * (double)bins) - 1, 0, bins - 1);
            counts[bin]++;
            hits[bin] += predicted == actual[row] ? 1 : 0;
            confidences[bin] += own[predicted];
        }

        double expected = 0, largest = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            if (counts[bin] > 0)
            {
                var gap = Math.Abs(hits[bin] - confidences[bin]) / counts[bin];
                expected += gap * counts[bin] / actual.Length;
                largest = Math.Max(largest, gap);
            }
        }

        return new Calibration
        {
            Brier = brier / actual.Length,
            ExpectedError = expected,
            LargestError = largest,
            MeanEntropy = entropy / actual.Length,
            Bins = [.. counts.Select((count, bin) => count == 0 ? new CalibrationBin(0, null, null) : new CalibrationBin(count, hits[bin] / (double)count, confidences[bin] / count))],
        };
    }
}
