using System.Collections.Concurrent;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.Losses;

/// <summary>
/// (1 / rows) · Σ weight · cross-entropy + (L2 / 2) · Σ W² of a softmax layer on prepared features, with its gradient, in one pass over the rows.
/// </summary>
/// <remarks>
/// Parameters: W, classes × padded columns, then b. Each block of rows goes through logits, softmax and gradient while it is in the cache. Products
/// are float32, everything summed over more than a block is float64. Not thread-safe; it uses the threads it was given.
/// </remarks>
internal sealed unsafe class SoftmaxObjective : IConvexObjective, IDisposable
{
    /// <summary>Columns are of like scale when the largest curvature is at most this many times the median.</summary>
    private const double LikeScale = 1000;

    private readonly CenteredRows _rows;
    private readonly int[] _labels;
    private readonly double[]? _rowWeights;
    private readonly double _smoothing;
    private readonly int _threads;
    private readonly int _paddedClasses;
    private readonly int _weightCount;
    private readonly int _weightStride;
    private readonly RowPartition _partition;
    private readonly AlignedBuffer<float> _weights;
    private readonly AlignedBuffer<double> _bias;
    private readonly AlignedBuffer<double> _partialSums;
    private readonly long _partialLength;
    private readonly double[] _partialLoss;
    private readonly ConcurrentBag<Workspace> _workspaces = [];
    private readonly CancellationToken _cancellation;

    public SoftmaxObjective(
        CenteredRows rows, int[] labels, double[]? rowWeights, int classes, double l2, double smoothing, int threads, CancellationToken cancellation)
    {
        _rows = rows;
        _labels = labels;
        _rowWeights = rowWeights;
        _smoothing = smoothing;
        L2 = l2;
        _threads = threads;
        _cancellation = cancellation;
        Classes = classes;
        _paddedClasses = SoftmaxRows.PaddedClasses(classes);
        _weightCount = checked(classes * rows.PaddedColumns);
        _weightStride = PaddedRows.Stride(rows.Columns);
        _partialLength = (long)_weightCount + _paddedClasses;
        _partition = RowPartition.For(rows.Rows, classes, _partialLength);
        _weights = new AlignedBuffer<float>((long)classes * _weightStride);
        _bias = new AlignedBuffer<double>(_paddedClasses);
        new Span<double>(_bias.Pointer, _paddedClasses).Fill(double.NegativeInfinity);
        _partialSums = new AlignedBuffer<double>(_partialLength * _partition.Chunks);
        _partialLoss = new double[_partition.Chunks];
    }

    public int Classes { get; }

    /// <summary>Strength of the penalty; may be changed between two evaluations.</summary>
    public double L2 { get; set; }

    /// <summary>How many parameters, from the first, are weights; the biases follow.</summary>
    public int WeightCount => _weightCount;

    /// <inheritdoc/>
    public int Length => _weightCount + Classes;

    /// <summary>W[class, column] within the parameters.</summary>
    public ReadOnlySpan<double> WeightsOf(ReadOnlySpan<double> parameters, int label) =>
        parameters.Slice(label * _rows.PaddedColumns, _rows.Columns);

    /// <summary>W[class, column] within the parameters, to be written.</summary>
    public Span<double> WeightsOf(double[] parameters, int label) => parameters.AsSpan(label * _rows.PaddedColumns, _rows.Columns);

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        Load(parameters);
        FixedOrder.Run(_partition.Chunks, _threads, SumChunk, _cancellation);
        Join(gradient);
        var scale = 1.0 / _rows.Rows;
        var loss = _partialLoss.Sum();
        var weights = parameters[.._weightCount];
        DoubleKernels.AddScaled(L2, weights, gradient[.._weightCount]);
        return (loss * scale) + (L2 / 2 * DoubleKernels.Dot(weights, weights));
    }

    /// <summary>
    /// An estimate of the diagonal of the second derivative, for preconditioning: the feature's variance times p (1 − p) at equal probabilities, plus L2.
    /// One common value where columns are of like scale, since there it takes fewer iterations (by half on bottleneck features). Columns go together,
    /// so the curvature along the first step is a share of their sum; a fifth of it is what bottleneck features have.
    /// </summary>
    public double[] CurvatureDiagonal()
    {
        var spread = 1.0 / Classes * (1 - (1.0 / Classes));
        var columns = Array.ConvertAll(_rows.Variances, variance => (spread * variance) + L2);
        var ordered = columns.Where(curvature => curvature > 0).Order().ToArray();
        var usual = ordered.Length == 0 ? spread : ordered[ordered.Length / 2];
        var alike = ordered.Length == 0 || ordered[^1] <= LikeScale * usual;
        var together = Math.Max(1, columns.Length / 5.0);
        var diagonal = new double[Length];
        diagonal.AsSpan().Fill((alike ? usual : spread) * together);
        if (!alike)
        {
            for (var c = 0; c < Classes; c++)
            {
                for (var d = 0; d < columns.Length; d++)
                {
                    diagonal[(c * _rows.PaddedColumns) + d] = (columns[d] > 0 ? columns[d] : usual) * together;
                }
            }
        }

        return diagonal;
    }

    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _partialSums.Dispose();
        foreach (var workspace in _workspaces)
        {
            workspace.Dispose();
        }
    }

    private void Load(ReadOnlySpan<double> parameters)
    {
        for (var c = 0; c < Classes; c++)
        {
            var source = WeightsOf(parameters, c);
            var target = _weights.Pointer + ((long)c * _weightStride);
            DoubleKernels.Round(source, new Span<float>(target, source.Length));

            _bias.Pointer[c] = parameters[_weightCount + c];
        }
    }

    private void SumChunk(int chunk)
    {
        if (!_workspaces.TryTake(out var workspace))
        {
            workspace = new Workspace(_rows.ScratchLength(_partition.BlockRows), _partition.BlockRows, _paddedClasses);
        }

        var sums = _partialSums.Pointer + (chunk * _partialLength);
        new Span<double>(sums, checked((int)_partialLength)).Clear();
        var (start, end) = _partition.Chunk(chunk);
        var loss = 0.0;
        for (var row = start; row < end; row += _partition.BlockRows)
        {
            var count = Math.Min(_partition.BlockRows, end - row);
            var x = _rows.Block(row, count, workspace.Rows.Pointer);
            var z = workspace.Logits.Pointer;
            var even = count + (count & 1);
            for (var r = 0; r < even; r++)
            {
                new ReadOnlySpan<double>(_bias.Pointer, _paddedClasses).CopyTo(new Span<double>(z + ((long)r * _paddedClasses), _paddedClasses));
            }

            LinearKernels.Forward(x, _rows.Stride, even, _rows.PaddedColumns, _weights.Pointer, _weightStride, Classes, z, _paddedClasses);
            for (var r = 0; r < count; r++)
            {
                var place = (long)r * _paddedClasses;
                var weight = _rowWeights is null ? 1.0 : _rowWeights[row + r];
                loss += SmoothedCrossEntropy.Measure(
                    z + place, Classes, _paddedClasses, _labels[row + r], weight, _smoothing, workspace.Slopes.Pointer + place, sums + _weightCount);
            }

            LinearKernels.Backward(
                x, _rows.Stride, count, _rows.PaddedColumns, workspace.Slopes.Pointer, _paddedClasses, Classes, sums, _rows.PaddedColumns);
        }

        _rows.Release(start, end);
        _partialLoss[chunk] = loss;
        _workspaces.Add(workspace);
    }

    private void Join(Span<double> gradient)
    {
        var scale = 1.0 / _rows.Rows;
        gradient[..Length].Clear();
        for (var chunk = 0; chunk < _partition.Chunks; chunk++)
        {
            DoubleKernels.AddScaled(scale, new ReadOnlySpan<double>(_partialSums.Pointer + (chunk * _partialLength), Length), gradient);
        }
    }

    /// <summary>What one thread needs for a block: rows (when they are not kept), logits and the loss's slopes by them.</summary>
    private sealed class Workspace(long rowsLength, int blockRows, int paddedClasses) : IDisposable
    {
        public AlignedBuffer<float> Rows { get; } = new(rowsLength);

        public AlignedBuffer<double> Logits { get; } = new((long)blockRows * paddedClasses);

        public AlignedBuffer<float> Slopes { get; } = new((long)blockRows * paddedClasses);

        public void Dispose()
        {
            Rows.Dispose();
            Logits.Dispose();
            Slopes.Dispose();
        }
    }
}
