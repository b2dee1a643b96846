using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Losses;

/// <summary>
/// The training features less their column means, padded for the kernels, and, when asked to, divided by their column deviations. Centring only moves
/// the bias (W · x + b = W · (x − m) + (b + W · m)), hence neither the penalty nor the optimum, but features that are never negative are far better
/// conditioned without their mean.
/// </summary>
/// <remarks>
/// The matrix is kept when memory allows (and, of a source on the disk, when it is small), else each block is made in the caller's scratch; the numbers are the same. Means and scales are
/// rounded to float32, and are undone as rounded.
/// </remarks>
internal sealed unsafe class CenteredRows : IDisposable
{
    /// <summary>A deviation below this share of the mean is rounding: the column is taken to be constant.</summary>
    private const double LeastDeviation = 1e-6;

    private readonly IFeatureSource _features;
    private readonly float[] _means;
    private readonly AlignedBuffer<float>? _kept;
    private float[]? _scales;

    public CenteredRows(IFeatureSource features, bool standardize, int threads, CancellationToken cancellation, long? keepBytes = null)
    {
        _features = features;
        Stride = PaddedRows.Stride(features.Columns);
        PaddedColumns = PaddedRows.Columns(features.Columns);
        var partition = RowPartition.For(features.Rows, 1, features.Columns);
        _means = ColumnMeans(features, partition, threads, cancellation);
        var evenRows = features.Rows + (features.Rows & 1);
        if ((long)evenRows * Stride * sizeof(float) <= MostKept(features, keepBytes))
        {
            _kept = new AlignedBuffer<float>((long)evenRows * Stride);
        }

        Variances = CenterAndMeasure(partition, threads, cancellation);
        if (standardize)
        {
            Standardize(partition, threads, cancellation);
        }
    }

    public int Rows => _features.Rows;

    public int Columns => _features.Columns;

    public int PaddedColumns { get; }

    /// <summary>Distance between rows of a block.</summary>
    public int Stride { get; }

    public ReadOnlySpan<float> Means => _means;

    /// <summary>What each centred column is multiplied with; empty where columns keep their scale.</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Mean of the squared number, a column.</summary>
    public double[] Variances { get; private set; }

    /// <summary>Numbers of scratch that <see cref="Block"/> needs for so many rows; none when the matrix is kept.</summary>
    public long ScratchLength(int rows) => _kept is null ? (long)(rows + (rows & 1)) * Stride : 0;

    /// <summary>Rows; an odd number of them is followed by a row of zeros, or by the next row where there is one.</summary>
    public float* Block(int start, int count, float* scratch)
    {
        if (_kept is not null)
        {
            return _kept.Pointer + ((long)start * Stride);
        }

        for (var r = 0; r < count; r++)
        {
            Make(start + r, scratch + ((long)r * Stride));
        }

        if ((count & 1) != 0)
        {
            new Span<float>(scratch + ((long)count * Stride), Stride).Clear();
        }

        return scratch;
    }

    /// <summary>Told when rows up to <paramref name="end"/> will not be asked for again in this pass.</summary>
    public void Release(int start, int end) => _features.Release(start, end - start);

    public void Dispose() => _kept?.Dispose();

    /// <summary>What the prepared matrix may take: a share of the memory; of a source that is not in memory no more than of its file stays there.</summary>
    private static long MostKept(IFeatureSource features, long? keepBytes)
    {
        var most = keepBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3;
        return features.IsInMemory ? most : Math.Min(most, MappedNpyMatrix.DefaultResidentBytes);
    }

    private static float[] ColumnMeans(IFeatureSource features, RowPartition partition, int threads, CancellationToken cancellation)
    {
        var sums = new double[partition.Chunks][];
        FixedOrder.Run(partition.Chunks, threads, Sum, cancellation);
        var means = new float[features.Columns];
        for (var d = 0; d < means.Length; d++)
        {
            var sum = 0.0;
            foreach (var part in sums)
            {
                sum += part[d];
            }

            if (!double.IsFinite(sum))
            {
                features.ThrowIfNotFinite();
            }

            means[d] = (float)(sum / features.Rows);
        }

        return means;

        void Sum(int chunk)
        {
            var total = new double[features.Columns];
            var copy = features is FeatureMatrix ? [] : new float[features.Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                if (features is FeatureMatrix matrix)
                {
                    RowKernels.AddTo(matrix.Row(r), total);
                }
                else
                {
                    features.CopyRow(r, copy);
                    RowKernels.AddTo(copy, total);
                }
            }

            features.Release(start, end - start);
            sums[chunk] = total;
        }
    }

    private double[] CenterAndMeasure(RowPartition partition, int threads, CancellationToken cancellation)
    {
        var squares = new double[partition.Chunks][];
        FixedOrder.Run(partition.Chunks, threads, Measure, cancellation);
        var variances = new double[Columns];
        foreach (var part in squares)
        {
            for (var d = 0; d < variances.Length; d++)
            {
                variances[d] += part[d];
            }
        }

        for (var d = 0; d < variances.Length; d++)
        {
            variances[d] /= Rows;
        }

        return variances;

        void Measure(int chunk)
        {
            using var scratch = _kept is null ? new AlignedBuffer<float>(Stride) : null;
            var total = new double[Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                var row = scratch is null ? _kept!.Pointer + ((long)r * Stride) : scratch.Pointer;
                Make(r, row);
                RowKernels.AddSquareTo(new ReadOnlySpan<float>(row, Columns), total);
            }

            Release(start, end);
            squares[chunk] = total;
        }
    }

    private void Standardize(RowPartition partition, int threads, CancellationToken cancellation)
    {
        var scales = new float[Columns];
        var variances = new double[Columns];
        for (var d = 0; d < scales.Length; d++)
        {
            var deviation = Math.Sqrt(Variances[d]);
            scales[d] = deviation > LeastDeviation * Math.Abs(_means[d]) && float.IsNormal((float)(1 / deviation)) ? (float)(1 / deviation) : 1;
            variances[d] = Variances[d] * scales[d] * scales[d];
        }

        (_scales, Variances) = (scales, variances);
        if (_kept is not null)
        {
            FixedOrder.Run(partition.Chunks, threads, Scale, cancellation);
        }

        void Scale(int chunk)
        {
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                RowKernels.Multiply(scales, new Span<float>(_kept!.Pointer + ((long)r * Stride), Columns));
            }
        }
    }

    private void Make(int row, float* target)
    {
        var made = new Span<float>(target, Columns);
        if (_features is FeatureMatrix matrix)
        {
            RowKernels.Subtract(matrix.Row(row), _means, made);
        }
        else
        {
            _features.CopyRow(row, made);
            RowKernels.Subtract(made, _means, made);
        }

        if (_scales is not null)
        {
            RowKernels.Multiply(_scales, made);
        }
    }
}
