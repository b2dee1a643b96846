using System.Runtime.CompilerServices;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Losses;

/// <summary>
/// The training features less their column means, padded for the kernels. Centring only moves the bias (W · x + b = W · (x − m) + (b + W · m)), hence
/// neither the penalty nor the optimum, but features that are never negative are far better conditioned without their mean.
/// </summary>
/// <remarks>
/// The centred matrix is kept when memory allows, else each block is centred into the caller's scratch; the numbers are the same. Means are
/// rounded to float32 so that subtracting loses next to nothing.
/// </remarks>
internal sealed unsafe class CenteredRows : IDisposable
{
    private readonly FeatureMatrix _features;
    private readonly float[] _means;
    private readonly AlignedBuffer<float>? _centered;

    public CenteredRows(FeatureMatrix features, int threads, CancellationToken cancellation, long? keepBytes = null)
    {
        _features = features;
        Stride = PaddedRows.Stride(features.Columns);
        PaddedColumns = PaddedRows.Columns(features.Columns);
        var partition = RowPartition.For(features.Rows, 1, features.Columns);
        _means = ColumnMeans(features, partition, threads, cancellation);
        var evenRows = features.Rows + (features.Rows & 1);
        if ((long)evenRows * Stride * sizeof(float) <= (keepBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3))
        {
            _centered = new AlignedBuffer<float>((long)evenRows * Stride);
        }

        Variances = CenterAndMeasure(partition, threads, cancellation);
    }

    public int Rows => _features.Rows;

    public int Columns => _features.Columns;

    public int PaddedColumns { get; }

    /// <summary>Distance between rows of a block.</summary>
    public int Stride { get; }

    public ReadOnlySpan<float> Means => _means;

    /// <summary>Mean of the squared centred feature, a column.</summary>
    public double[] Variances { get; }

    /// <summary>Numbers of scratch that <see cref="Block"/> needs for so many rows; none when the centred matrix is kept.</summary>
    public long ScratchLength(int rows) => _centered is null ? (long)(rows + (rows & 1)) * Stride : 0;

    /// <summary>Centred rows; an odd number of them is followed by a row of zeros, or by the next row where there is one.</summary>
    public float* Block(int start, int count, float* scratch)
    {
        if (_centered is not null)
        {
            return _centered.Pointer + ((long)start * Stride);
        }

        for (var r = 0; r < count; r++)
        {
            Center(start + r, scratch + ((long)r * Stride));
        }

        if ((count & 1) != 0)
        {
            new Span<float>(scratch + ((long)count * Stride), Stride).Clear();
        }

        return scratch;
    }

    public void Dispose() => _centered?.Dispose();

    private static float[] ColumnMeans(FeatureMatrix features, RowPartition partition, int threads, CancellationToken cancellation)
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Sum(int chunk)
        {
            var total = new double[features.Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                var row = features.Row(r);
                for (var d = 0; d < row.Length; d++)
                {
                    total[d] += row[d];
                }
            }

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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Measure(int chunk)
        {
            using var scratch = _centered is null ? new AlignedBuffer<float>(Stride) : null;
            var total = new double[Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                var row = scratch is null ? _centered!.Pointer + ((long)r * Stride) : scratch.Pointer;
                Center(r, row);
                for (var d = 0; d < total.Length; d++)
                {
                    total[d] += (double)row[d] * row[d];
                }
            }

            squares[chunk] = total;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Center(int row, float* target)
    {
        var source = _features.Row(row);
        for (var d = 0; d < source.Length; d++)
        {
            target[d] = source[d] - _means[d];
        }
    }
}
