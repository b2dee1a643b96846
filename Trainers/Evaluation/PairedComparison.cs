using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Evaluation;

/// <summary>Whether two classifiers that were measured on the same rows differ by more than chance in those rows explains.</summary>
/// <remarks>
/// <para>Rows that both get right or both get wrong say nothing about the difference, so a paired comparison sees smaller differences than two separate
/// intervals that overlap. With one result a row the p-value is McNemar's exact test (Psychometrika 12, 1947; recommended for classifiers by Dietterich,
/// Neural Computation 10, 1998); where rows were measured several times (repeated cross-validation), the sign of each row's mean difference is flipped at
/// random instead, 10,000 times, which for one result a row is the same test. Intervals: percentile bootstrap over rows, 95 %.</para>
/// <para>Both speak of the chance in which rows were evaluated, not of the chance in which rows were trained on. The draws follow from a fixed seed, so the
/// same results give the same figures. Immutable.</para>
/// </remarks>
public sealed record PairedComparison
{
    private const int Flips = 10_000;

    /// <summary>Rows compared.</summary>
    public required int Rows { get; init; }

    /// <summary>Accuracy of the second minus accuracy of the first, −1 … 1.</summary>
    public required double AccuracyDifference { get; init; }

    /// <summary>Where that difference lies with 95 % confidence.</summary>
    public required ConfidenceInterval AccuracyInterval { get; init; }

    /// <summary>Log loss of the second minus log loss of the first; below zero the second is better.</summary>
    public required double LogLossDifference { get; init; }

    /// <summary>Where that difference lies with 95 % confidence.</summary>
    public required ConfidenceInterval LogLossInterval { get; init; }

    /// <summary>Rows on which the second does better than the first.</summary>
    public required int SecondBetter { get; init; }

    /// <summary>Rows on which the first does better than the second.</summary>
    public required int FirstBetter { get; init; }

    /// <summary>Chance of a difference in accuracy at least as large if there were none, 0 … 1.</summary>
    public required double PValue { get; init; }

    /// <summary>Compares two classifiers.</summary>
    /// <param name="first">Results of the first.</param>
    /// <param name="second">Results of the second, of the same rows in the same order.</param>
    /// <exception cref="ArgumentException">The rows are not the same number, or there are none.</exception>
    public static PairedComparison Of(RowResults first, RowResults second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Rows != second.Rows || first.Rows == 0)
        {
            throw new ArgumentException($"Results of {first.Rows} and of {second.Rows} rows can not be paired; give both for the same rows, one at least.", nameof(second));
        }

        var gains = new double[first.Rows];
        var losses = new double[first.Rows];
        for (var row = 0; row < gains.Length; row++)
        {
            gains[row] = second.Correct[row] - first.Correct[row];
            losses[row] = second.LogLoss[row] - first.LogLoss[row];
        }

        var (accuracy, logLoss) = Intervals(gains, losses);
        var (better, worse) = (gains.Count(gain => gain > 0), gains.Count(gain => gain < 0));
        return new PairedComparison
        {
            Rows = gains.Length,
            AccuracyDifference = gains.Sum() / gains.Length,
            AccuracyInterval = accuracy,
            LogLossDifference = losses.Sum() / losses.Length,
            LogLossInterval = logLoss,
            SecondBetter = better,
            FirstBetter = worse,
            PValue = gains.All(gain => gain is -1 or 0 or 1) ? McNemar(better, worse) : SignFlips(gains),
        };
    }

    /// <summary>
    /// p-values corrected for how many were looked at, so that among many comparisons none is taken for a difference by chance alone
    /// (Holm, Scandinavian Journal of Statistics 6, 1979).
    /// </summary>
    /// <param name="values">p-values, 0 … 1.</param>
    /// <returns>One for each, in the same order, none smaller than before.</returns>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var corrected = new double[values.Count];
        var largest = 0.0;
        for (var rank = 0; rank < order.Length; rank++)
        {
            largest = Math.Max(largest, Math.Min(1, values[order[rank]] * (order.Length - rank)));
            corrected[order[rank]] = largest;
        }

        return corrected;
    }

    /// <summary>Two-sided exact test: under no difference, each of the rows that only one got right is a fair coin.</summary>
    /// <param name="better">Rows that only the second got right.</param>
    /// <param name="worse">Rows that only the first got right.</param>
    internal static double McNemar(int better, int worse)
    {
        var coins = better + worse;
        var most = Math.Min(better, worse);

        // Σ_{k ≤ most} C(coins, k) / 2^coins, in logarithms: the first terms underflow beyond a thousand coins.
        var term = -coins * Math.Log(2);
        var tail = 0.0;
        for (var k = 0; k <= most; k++)
        {
            tail += Math.Exp(term);
            term += Math.Log(coins - k) - Math.Log(k + 1);
        }

        return Math.Min(1, 2 * tail);
    }

    private static double SignFlips(double[] gains)
    {
        var random = new SeededRandom(0);
        var differing = gains.Where(gain => gain != 0).ToArray();
        var observed = Math.Abs(differing.Sum());
        var asLarge = 0;
        for (var flip = 0; flip < Flips; flip++)
        {
            var sum = 0.0;
            foreach (var gain in differing)
            {
                sum += random.Next(2) == 0 ? gain : -gain;
            }

            // Sums of thirds and fifths that are equal may differ in their last bits.
            asLarge += Math.Abs(sum) >= observed - 1e-9 ? 1 : 0;
        }

        // The observed signs are one of the possible ones.
        return (asLarge + 1.0) / (Flips + 1);
    }

    private static (ConfidenceInterval Accuracy, ConfidenceInterval LogLoss) Intervals(double[] gains, double[] losses)
    {
        var random = new SeededRandom(0);
        var (accuracies, logLosses) = (new double[BootstrapIntervals.Resamples], new double[BootstrapIntervals.Resamples]);
        for (var resample = 0; resample < accuracies.Length; resample++)
        {
            var (gain, loss) = (0.0, 0.0);
            for (var draw = 0; draw < gains.Length; draw++)
            {
                var row = random.Next(gains.Length);
                gain += gains[row];
                loss += losses[row];
            }

            accuracies[resample] = gain / gains.Length;
            logLosses[resample] = loss / gains.Length;
        }

        return (BootstrapIntervals.Middle(accuracies), BootstrapIntervals.Middle(logLosses));
    }
}
