namespace MlTransfer.Trainers.Evaluation;

/// <summary>How a classifier did on each of some rows; where a row was measured several times, the means.</summary>
/// <remarks>Immutable.</remarks>
public sealed class RowResults
{
    private RowResults(double[] correct, double[] logLoss)
    {
        Correct = correct;
        LogLoss = logLoss;
    }

    /// <summary>Rows measured.</summary>
    public int Rows => Correct.Count;

    /// <summary>Whether each row was predicted right: 1 or 0, or the share of the times, 0 … 1.</summary>
    public IReadOnlyList<double> Correct { get; }

    /// <summary>−ln(probability of the true class) of each row.</summary>
    public IReadOnlyList<double> LogLoss { get; }

    /// <summary>Share of rows predicted right, 0 … 1.</summary>
    public double Accuracy => Correct.Sum() / Rows;

    /// <summary>Mean log loss.</summary>
    public double MeanLogLoss => LogLoss.Sum() / Rows;

    /// <summary>Measures probabilities. The predicted class is the most probable one, the first of them on a tie.</summary>
    /// <param name="actual">True class a row, 0 … classes − 1; at least one row.</param>
    /// <param name="probabilities">rows × classes, row-major; several such sets where the rows were measured several times.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no rows.</exception>
    public static RowResults Of(ReadOnlySpan<int> actual, params IReadOnlyList<float[]> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (actual.IsEmpty || probabilities.Count == 0)
        {
            throw new ArgumentException("There are no rows to measure.", nameof(actual));
        }

        var (correct, logLoss) = (new double[actual.Length], new double[actual.Length]);
        foreach (var set in probabilities)
        {
            if (set.Length % actual.Length != 0)
            {
                throw new ArgumentException($"{set.Length} probabilities do not make {actual.Length} rows.", nameof(probabilities));
            }

            var classes = set.Length / actual.Length;
            for (var row = 0; row < actual.Length; row++)
            {
                var own = set.AsSpan(row * classes, classes);
                var predicted = 0;
                for (var c = 1; c < classes; c++)
                {
                    predicted = own[c] > own[predicted] ? c : predicted;
                }

                correct[row] += predicted == actual[row] ? 1 : 0;
                logLoss[row] -= Math.Log(Math.Clamp(own[actual[row]], ClassificationReport.SmallestProbability, 1));
            }
        }

        for (var row = 0; row < actual.Length; row++)
        {
            correct[row] /= probabilities.Count;
            logLoss[row] /= probabilities.Count;
        }

        return new RowResults(correct, logLoss);
    }

    /// <summary>Where the accuracy lies with 95 % confidence, by bootstrap over the rows (a row measured several times is one row).</summary>
    public ConfidenceInterval AccuracyInterval() => BootstrapIntervals.OfMean(Correct);

    /// <summary>Where the mean log loss lies with 95 % confidence.</summary>
    public ConfidenceInterval LogLossInterval() => BootstrapIntervals.OfMean(LogLoss);
}
