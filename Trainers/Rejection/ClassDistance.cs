using MlTransfer.Trainers.Decomposition;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Rejection;

/// <summary>How far features are from the nearest class, in units of how far rows of a class are from its mean.</summary>
/// <remarks>
/// The Mahalanobis distance to the nearest class mean under one covariance for all classes (Lee et al., A Simple Unified Framework for Detecting
/// Out-of-Distribution Samples and Adversarial Attacks, NeurIPS 2018), which is kept as its strongest axes and one variance for all other directions: the
/// covariance itself would be far larger than the head, and unknown in most directions. Immutable, hence thread-safe.
/// </remarks>
internal sealed class ClassDistance
{
    /// <summary>Axes of the covariance that are kept. On leave-one-flower-out 32, 64 and 128 axes do the same.</summary>
    private const int MostAxes = 32;

    /// <summary>Rows that the covariance is computed from, at most.</summary>
    private const int MostRows = 8192;

    private const double SmallestVariance = 1e-37;

    private readonly double[] _squares;
    private readonly double[][] _shadows;

    /// <summary>Joins what a file keeps.</summary>
    /// <param name="centroids">Class means, one row a class.</param>
    /// <param name="axes">Orthonormal axes, one a row; may be none.</param>
    /// <param name="variances">Variance along each axis, and last the variance in any other direction; each above zero.</param>
    public ClassDistance(float[][] centroids, float[][] axes, double[] variances)
    {
        (Centroids, Axes, Variances) = (centroids, axes, variances);
        _squares = [.. centroids.Select(centroid => DoubleKernels.Dot(centroid, centroid))];
        _shadows = [.. centroids.Select(centroid => axes.Select(axis => DoubleKernels.Dot(axis, centroid)).ToArray())];
    }

    public float[][] Centroids { get; }

    public float[][] Axes { get; }

    public double[] Variances { get; }

    public int Features => Centroids[0].Length;

    /// <summary>Learns means and covariance.</summary>
    public static ClassDistance Of(TrainingRows rows, int threads, CancellationToken cancellation)
    {
        var centroids = Means(rows, out var numbers);
        var features = rows.Features;
        var count = Math.Min(features.Rows, MostRows);
        var offsets = new float[checked(count * features.Columns)];
        var total = 0.0;
        var source = new float[features.Columns];
        for (var i = 0; i < count; i++)
        {
            var row = (int)((long)i * features.Rows / count);
            var centroid = centroids[numbers[rows.Labels.Span[row]]];
            features.CopyRow(row, source);
            for (var d = 0; d < centroid.Length; d++)
            {
                var offset = source[d] - centroid[d];
                offsets[(i * features.Columns) + d] = offset;
                total += (double)offset * offset;
            }
        }

        // Each class mean takes away one row's worth of spread.
        var freedom = Math.Max(1, count - centroids.Length);
        var axes = PrincipalAxes.Of(new FeatureMatrix(offsets, count, features.Columns), Math.Min(MostAxes, freedom / 4), threads, cancellation);
        var along = axes.Variances.Select(variance => variance * count / freedom).ToArray();
        var rest = ((total / freedom) - along.Sum()) / Math.Max(1, features.Columns - along.Length);
        if (!(total > 0))
        {
            throw new TrainingDataException(
                "How far an image is from a class can not be learned: all training images of each class have the same features. Add examples, or leave --reject out.");
        }

        // Where the axes take all there is, what lies off them is farther than anything seen; how far is said by the weakest axis.
        // In float32, as files keep it, so that a head judges the same after it was saved.
        var floor = Math.Max(1e-6 * total / freedom / features.Columns, SmallestVariance);
        return new ClassDistance(
            centroids,
            [.. axes.Axes.Select(axis => Array.ConvertAll(axis, value => (float)value))],
            [.. along.Append(rest).Select(variance => (double)(float)Math.Max(variance, floor))]);
    }

    /// <summary>The distance of one example, scaled so that a training row is at about 1.</summary>
    public double To(ReadOnlySpan<float> features)
    {
        var square = DoubleKernels.Dot(features, features);
        Span<double> shadow = stackalloc double[Axes.Length];
        for (var a = 0; a < shadow.Length; a++)
        {
            shadow[a] = DoubleKernels.Dot(Axes[a], features);
        }

        var nearest = double.PositiveInfinity;
        for (var c = 0; c < Centroids.Length; c++)
        {
            var off = square - (2 * DoubleKernels.Dot(Centroids[c], features)) + _squares[c];
            var distance = 0.0;
            for (var a = 0; a < shadow.Length; a++)
            {
                var part = (shadow[a] - _shadows[c][a]) * (shadow[a] - _shadows[c][a]);
                off -= part;
                distance += part / Variances[a];
            }

            nearest = Math.Min(nearest, distance + (Math.Max(0, off) / Variances[^1]));
        }

        return Math.Sqrt(nearest / Features);
    }

    /// <summary>Means of the classes that occur, and the place of each class among them.</summary>
    private static float[][] Means(TrainingRows rows, out Dictionary<int, int> numbers)
    {
        numbers = [];
        var (sums, counts) = (new List<double[]>(), new List<int>());
        var source = new float[rows.Features.Columns];
        for (var row = 0; row < rows.Features.Rows; row++)
        {
            var label = rows.Labels.Span[row];
            if (!numbers.TryGetValue(label, out var number))
            {
                numbers[label] = number = sums.Count;
                sums.Add(new double[rows.Features.Columns]);
                counts.Add(0);
            }

            rows.Features.CopyRow(row, source);
            var sum = sums[number];
            for (var d = 0; d < sum.Length; d++)
            {
                sum[d] += source[d];
            }

            counts[number]++;
        }

        return [.. sums.Select((sum, number) => Array.ConvertAll(sum, value => (float)(value / counts[number])))];
    }
}
