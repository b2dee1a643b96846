using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Decomposition;

/// <summary>The directions in which features vary most: orthonormal, the one of the largest variance first.</summary>
/// <remarks>
/// Found by orthogonal iteration from a random start of fixed seed (Golub and Van Loan, Matrix Computations, 8.2.4; Halko, Martinsson and Tropp, SIAM Review
/// 53, 2011) on at most 2,048 rows, evenly spaced. Directions of nearly the same variance may be mixed with one another, which none of the uses minds.
/// The same rows give the same bits, whatever the number of threads.
/// </remarks>
internal sealed unsafe class PrincipalAxes
{
    private const int MostRows = 2048;
    private const int Iterations = 8;
    private const int ForwardRows = 64;
    private const int BackwardRows = 128;
    private const int BackwardAxes = 32;

    /// <summary>An axis whose variance is this share of the first one's or less is rounding, not direction.</summary>
    private const double Nothing = 1e-10;

    private PrincipalAxes(float[] mean, double[][] axes, double[] variances)
    {
        Mean = mean;
        Axes = axes;
        Variances = variances;
    }

    /// <summary>Mean of each feature, over all rows.</summary>
    public float[] Mean { get; }

    /// <summary>The axes, each of length 1.</summary>
    public double[][] Axes { get; }

    /// <summary>Variance along each axis, falling.</summary>
    public double[] Variances { get; }

    /// <summary>Finds up to so many axes; fewer where the rows span fewer directions.</summary>
    /// <param name="features">The rows; finite numbers.</param>
    /// <param name="count">Axes wanted.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static PrincipalAxes Of(FeatureMatrix features, int count, int threads, CancellationToken cancellation)
    {
        var mean = MeanOf(features);
        var rows = Math.Min(features.Rows, MostRows);
        count = Math.Max(0, Math.Min(count, Math.Min(rows - 1, features.Columns)));
        if (count == 0)
        {
            return new PrincipalAxes(mean, [], []);
        }

        var evenRows = rows + (rows & 1);
        var stride = PaddedRows.Stride(features.Columns);
        using var centred = new AlignedBuffer<float>((long)evenRows * stride);
        for (var row = 0; row < rows; row++)
        {
            var source = features.Row((int)((long)row * features.Rows / rows));
            var target = new Span<float>(centred.Pointer + ((long)row * stride), features.Columns);
            for (var d = 0; d < target.Length; d++)
            {
                target[d] = source[d] - mean[d];
            }
        }

        var axes = RandomStart(count, features.Columns);
        var columns = PaddedRows.Columns(features.Columns);
        using var q = new AlignedBuffer<float>((long)count * stride);
        using var y = new AlignedBuffer<double>((long)evenRows * count);
        using var weights = new AlignedBuffer<float>((long)evenRows * count);
        using var z = new AlignedBuffer<double>((long)count * stride);
        for (var iteration = 0; ; iteration++)
        {
            var directions = Orthonormalise(axes);
            for (var a = 0; a < count; a++)
            {
                DoubleKernels.Round(axes[a], new Span<float>(q.Pointer + ((long)a * stride), features.Columns));
            }

            Project(centred.Pointer, stride, evenRows, columns, q.Pointer, count, y.Pointer, threads, cancellation);
            if (iteration == Iterations)
            {
                return Ordered(mean, axes, Variance(y.Pointer, rows, count), directions);
            }

            DoubleKernels.Round(new ReadOnlySpan<double>(y.Pointer, evenRows * count), new Span<float>(weights.Pointer, evenRows * count));
            Gather(centred.Pointer, stride, evenRows, columns, weights.Pointer, count, z.Pointer, threads, cancellation);
            for (var a = 0; a < count; a++)
            {
                new ReadOnlySpan<double>(z.Pointer + ((long)a * stride), features.Columns).CopyTo(axes[a]);
            }
        }
    }

    /// <summary>Mean of each column, summed in float64.</summary>
    public static float[] MeanOf(FeatureMatrix features)
    {
        var sums = new double[features.Columns];
        for (var row = 0; row < features.Rows; row++)
        {
            var source = features.Row(row);
            for (var d = 0; d < sums.Length; d++)
            {
                sums[d] += source[d];
            }
        }

        return Array.ConvertAll(sums, sum => (float)(sum / Math.Max(1, features.Rows)));
    }

    private static double[][] RandomStart(int count, int columns)
    {
        var random = new SeededRandom(0);
        var axes = new double[count][];
        for (var a = 0; a < count; a++)
        {
            axes[a] = new double[columns];
            for (var d = 0; d < columns; d++)
            {
                axes[a][d] = random.NextTruncatedNormal();
            }
        }

        return axes;
    }

    /// <summary>Gram and Schmidt, twice, so that the axes are orthogonal to the last bits; returns how many directions there are, the others become zero.</summary>
    private static int Orthonormalise(double[][] axes)
    {
        var largest = 0.0;
        var directions = 0;
        for (var a = 0; a < axes.Length; a++)
        {
            var before = Math.Sqrt(DoubleKernels.Dot(axes[a], axes[a]));
            largest = Math.Max(largest, before);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var b = 0; b < a; b++)
                {
                    DoubleKernels.AddScaled(-DoubleKernels.Dot(axes[b], axes[a]), axes[b], axes[a]);
                }
            }

            var length = Math.Sqrt(DoubleKernels.Dot(axes[a], axes[a]));
            if (length <= Nothing * largest)
            {
                Array.Clear(axes[a]);
                continue;
            }

            directions++;
            for (var d = 0; d < axes[a].Length; d++)
            {
                axes[a][d] /= length;
            }
        }

        return directions;
    }

    private static void Project(
        float* rows, int stride, int count, int columns, float* axes, int axisCount, double* y, int threads, CancellationToken cancellation)
    {
        new Span<double>(y, count * axisCount).Clear();
        FixedOrder.Run(
            (count + ForwardRows - 1) / ForwardRows,
            threads,
            block =>
            {
                var first = block * ForwardRows;
                LinearKernels.Forward(
                    rows + ((long)first * stride), stride, Math.Min(ForwardRows, count - first), columns, axes, stride, axisCount, y + ((long)first * axisCount), axisCount);
            },
            cancellation);
    }

    private static void Gather(
        float* rows, int stride, int count, int columns, float* weights, int axisCount, double* z, int threads, CancellationToken cancellation)
    {
        new Span<double>(z, axisCount * stride).Clear();
        FixedOrder.Run(
            (axisCount + BackwardAxes - 1) / BackwardAxes,
            threads,
            piece =>
            {
                var firstAxis = piece * BackwardAxes;
                for (var first = 0; first < count; first += BackwardRows)
                {
                    LinearKernels.Backward(
                        rows + ((long)first * stride), stride, Math.Min(BackwardRows, count - first), columns,
                        weights + ((long)first * axisCount) + firstAxis, axisCount, Math.Min(BackwardAxes, axisCount - firstAxis), z + ((long)firstAxis * stride), stride);
                }
            },
            cancellation);
    }

    private static double[] Variance(double* y, int rows, int axisCount)
    {
        var variances = new double[axisCount];
        for (var row = 0; row < rows; row++)
        {
            for (var a = 0; a < axisCount; a++)
            {
                var value = y[((long)row * axisCount) + a];
                variances[a] += value * value / rows;
            }
        }

        return variances;
    }

    private static PrincipalAxes Ordered(float[] mean, double[][] axes, double[] variances, int directions)
    {
        var order = Enumerable.Range(0, axes.Length).OrderByDescending(a => variances[a]).Take(directions).ToArray();
        var kept = order.TakeWhile(a => variances[a] > Nothing * variances[order[0]]).ToArray();
        return new PrincipalAxes(mean, [.. kept.Select(a => axes[a])], [.. kept.Select(a => variances[a])]);
    }
}
