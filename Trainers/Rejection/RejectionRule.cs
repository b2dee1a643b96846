using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Rejection;

/// <summary>
/// Tells examples of no known class. Two signs count: no class is probable (Hendrycks and Gimpel, A Baseline for Detecting Misclassified and
/// Out-of-Distribution Examples, ICLR 2017), or the features are far from every class (Mahalanobis distance, Lee et al., NeurIPS 2018). A head alone can be
/// sure of what is unlike anything it has seen; the distance can not.
/// </summary>
/// <remarks>
/// Both thresholds are set on validation rows, at the same rank from the unlikely end, so that together they reject at most the stated share of them: that
/// share of pictures of known classes is lost. It suits the head it was fitted with. Immutable and thread-safe.
/// </remarks>
public sealed class RejectionRule
{
    /// <summary>Default of the share of known examples that may be rejected.</summary>
    public const double DefaultRate = 0.05;

    internal RejectionRule(ClassDistance distance, double minimumProbability, double maximumDistance, double rate, int validationRows)
    {
        Distance = distance;
        MinimumProbability = minimumProbability;
        MaximumDistance = maximumDistance;
        Rate = rate;
        ValidationRows = validationRows;
    }

    /// <summary>Examples whose most probable class is less probable are rejected.</summary>
    public double MinimumProbability { get; }

    /// <summary>Examples farther from every class are rejected.</summary>
    public double MaximumDistance { get; }

    /// <summary>Share of the validation rows that may be rejected, 0 … 0.5.</summary>
    public double Rate { get; }

    /// <summary>Validation rows that the thresholds were set on.</summary>
    public int ValidationRows { get; }

    /// <summary>Number of features it needs.</summary>
    public int FeatureDimension => Distance.Features;

    internal ClassDistance Distance { get; }

    /// <summary>Learns when to reject.</summary>
    /// <param name="head">The head, as it will be used (calibrated where it will be).</param>
    /// <param name="training">The rows it was fitted on.</param>
    /// <param name="validation">Rows of known classes that it was not fitted on; one at least. Fewer than 1 / rate of them make the rule rejects less than it could.</param>
    /// <param name="rate">Share of known examples that may be rejected, 0 … 0.5; default 0.05.</param>
    /// <param name="threads">Threads to use; null means one a processor. The result does not depend on it.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">The rate is out of its range.</exception>
    /// <exception cref="TrainingDataException">There are no validation rows, or the rows of each class have no spread.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static RejectionRule Fit(
        ClassifierHead head,
        TrainingRows training,
        TrainingRows validation,
        double rate = DefaultRate,
        int? threads = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        if (!(rate >= 0 && rate <= 0.5))
        {
            throw new ArgumentException($"The share of known examples that may be rejected must be from 0 to 0.5; {rate} was given.", nameof(rate));
        }

        if (validation.Features.Rows == 0)
        {
            throw new TrainingDataException("When to answer \"none of these\" is learned from validation images; there are none. Keep some aside: --validation 0.1.");
        }

        var count = threads ?? Environment.ProcessorCount;
        var distance = ClassDistance.Of(training, count, cancellation);
        var probabilities = head.Predict(validation.Features, count);
        var classes = head.Labels.Count;
        var rows = validation.Features.Rows;
        var (tops, distances) = (new double[rows], new double[rows]);
        FixedOrder.Run(
            rows,
            count,
            row =>
            {
                tops[row] = Largest(probabilities.AsSpan(row * classes, classes));
                var own = new float[distance.Features];
                validation.Features.CopyRow(row, own);
                distances[row] = distance.To(own);
            },
            cancellation);
        var rank = Rank(tops, distances, (int)Math.Floor(rate * rows));
        return new RejectionRule(distance, tops.Order().ElementAt(rank), distances.OrderDescending().ElementAt(rank), rate, rows);
    }

    /// <summary>Judges one example.</summary>
    /// <param name="features">Its features, <see cref="FeatureDimension"/> finite numbers.</param>
    /// <param name="probabilities">The head's probabilities for it, one a class.</param>
    /// <exception cref="ArgumentException">The number of features is not <see cref="FeatureDimension"/>, or there are no probabilities.</exception>
    public RejectionVerdict Judge(ReadOnlySpan<float> features, ReadOnlySpan<float> probabilities)
    {
        if (features.Length != FeatureDimension)
        {
            throw new ArgumentException($"The rule needs {FeatureDimension} features; {features.Length} were given.", nameof(features));
        }

        if (probabilities.IsEmpty)
        {
            throw new ArgumentException("Probabilities are needed, one a class.", nameof(probabilities));
        }

        var top = Largest(probabilities);
        var distance = Distance.To(features);
        var unsure = Ratio(1 - top, 1 - MinimumProbability);
        var far = Ratio(distance, MaximumDistance);
        var reason = Math.Max(unsure, far) <= 1 ? RejectionReason.None : far >= unsure ? RejectionReason.FarAway : RejectionReason.LowProbability;
        return new RejectionVerdict(reason, top, distance, Math.Max(unsure, far));
    }

    /// <summary>Exactly 1 at the limit, so that rounding rejects no row that set it; any excess over a limit of zero is infinite.</summary>
    private static double Ratio(double value, double limit) => value == limit ? 1 : limit > 0 ? value / limit : double.PositiveInfinity;

    private static double Largest(ReadOnlySpan<float> values)
    {
        var largest = values[0];
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        return Math.Min(1, largest);
    }

    /// <summary>The largest rank r at which rows beyond the r-th from either unlikely end are not more than allowed.</summary>
    private static int Rank(double[] tops, double[] distances, int allowed)
    {
        var low = (double[])tops.Clone();
        var far = Array.ConvertAll(distances, value => -value);
        Array.Sort(low);
        Array.Sort(far);
        for (var rank = Math.Min(allowed, tops.Length - 1); rank > 0; rank--)
        {
            var rejected = 0;
            for (var row = 0; row < tops.Length; row++)
            {
                rejected += tops[row] < low[rank] || -distances[row] < far[rank] ? 1 : 0;
            }

            if (rejected <= allowed)
            {
                return rank;
            }
        }

        return 0;
    }
}
