using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>
/// The centre of each class and how probabilities follow from it: softmax of sharpness · similarity, where the similarity of an example x to a centre c is
/// their cosine, or −‖x − c‖². Immutable; safe to use from any thread.
/// </summary>
public sealed class CentroidSet
{
    private readonly float[] _values;
    private readonly int[] _counts;

    /// <summary>Copies centres.</summary>
    /// <param name="values">classes × features, row-major. Only the direction of a centre counts where the metric is cosine.</param>
    /// <param name="counts">Rows that each centre is the mean of; a class with 0 has no centre and the probability 0. One class or more has rows.</param>
    /// <param name="metric">The similarity.</param>
    /// <param name="sharpness">Above zero and finite.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a number is out of range.</exception>
    public CentroidSet(ReadOnlySpan<float> values, ReadOnlySpan<int> counts, SimilarityMetric metric, double sharpness)
    {
        if (counts.IsEmpty || values.IsEmpty || values.Length % counts.Length != 0)
        {
            throw new ArgumentException($"{values.Length} numbers cannot be shared out among {counts.Length} centroids.", nameof(values));
        }

        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"centroids need finite numbers; {value} was found.", nameof(values));
            }
        }

        if (!IsCounts(counts))
        {
            throw new ArgumentException("a class has a number of rows of zero or more, and one class must have rows.", nameof(counts));
        }

        if (!double.IsFinite(sharpness) || sharpness <= 0)
        {
            throw new ArgumentException($"the sharpness must be above zero and finite; {sharpness} was given.", nameof(sharpness));
        }

        _values = values.ToArray();
        _counts = counts.ToArray();
        Features = values.Length / counts.Length;
        Metric = metric;
        Sharpness = sharpness;
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _counts.Length;

    /// <summary>Number of features.</summary>
    public int Features { get; }

    /// <summary>The centres, classes × features, row-major.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Rows that each centre is the mean of.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>The similarity.</summary>
    public SimilarityMetric Metric { get; }

    /// <summary>What similarities are multiplied by before softmax.</summary>
    public double Sharpness { get; }

    /// <summary>
    /// The softmax layer that gives the same probabilities: softmax(W · x + b), for rows scaled to length 1 first where the metric is cosine, and for rows
    /// as they are where it is Euclidean (there the square of x, which all classes share, falls out).
    /// </summary>
    /// <exception cref="ArgumentException">A weight is beyond float32.</exception>
    public SoftmaxWeights ToLayer()
    {
        var weight = new float[_values.Length];
        var bias = new float[Classes];
        var middle = Metric == SimilarityMetric.Cosine ? new double[Features] : Middle();
        for (var c = 0; c < Classes; c++)
        {
            var centre = _values.AsSpan(c * Features, Features);
            var target = weight.AsSpan(c * Features, Features);
            if (_counts[c] == 0)
            {
                bias[c] = PresentClasses.BiasWithoutRows;
                continue;
            }

            if (Metric == SimilarityMetric.Cosine)
            {
                var norm = Math.Sqrt(DoubleKernels.Dot((ReadOnlySpan<float>)centre, centre));
                for (var d = 0; norm > 0 && d < Features; d++)
                {
                    target[d] = (float)(Sharpness * (centre[d] / norm));
                }

                continue;
            }

            // −‖x − c‖² with both moved to the middle, so that a common offset of all features does not eat the digits.
            var shift = 0.0;
            for (var d = 0; d < Features; d++)
            {
                var moved = centre[d] - middle[d];
                target[d] = (float)(2 * Sharpness * moved);
                shift += (2 * middle[d] * moved) + (moved * moved);
            }

            bias[c] = (float)(-Sharpness * shift);
        }

        return new SoftmaxWeights(weight, bias);
    }

    private static bool IsCounts(ReadOnlySpan<int> counts)
    {
        var any = false;
        foreach (var count in counts)
        {
            if (count < 0)
            {
                return false;
            }

            any |= count > 0;
        }

        return any;
    }

    private double[] Middle()
    {
        var middle = new double[Features];
        var present = _counts.Count(count => count > 0);
        for (var c = 0; c < Classes; c++)
        {
            for (var d = 0; _counts[c] > 0 && d < Features; d++)
            {
                middle[d] += _values[(c * Features) + d] / (double)present;
            }
        }

        return middle;
    }
}
