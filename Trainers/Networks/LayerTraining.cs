using System.Buffers;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.Networks;

/// <summary>
/// A dense layer under training: float64 parameters with their optimizers. Gradient, penalty, step and rounding are done for some units at a time, while
/// their numbers are in the cache.
/// </summary>
internal sealed unsafe class LayerTraining : IDisposable
{
    /// <summary>Gradient numbers of a block; in float64 a quarter of a megabyte, which a second-level cache holds.</summary>
    private const int BlockNumbers = 1 << 15;

    /// <summary>Rows summed in float32 before the sum goes to float64.</summary>
    private const int SumRows = 128;

    /// <summary>Columns of the backward product that a thread computes at once.</summary>
    private const int ColumnBlock = 256;

    /// <summary>Products below which a second thread does not pay.</summary>
    private const long SmallWork = 1L << 18;

    private readonly double[] _weights;
    private readonly IParameterUpdate[] _updates;
    private readonly IParameterUpdate _biasUpdate;
    private readonly double[] _penalties;
    private readonly double _l2;
    private readonly int _threads;
    private readonly int _unitBlock;
    private (double[] Weights, double[] Bias)? _kept;

    public LayerTraining(int inputs, int units, MiniBatchOptions options, int threads)
    {
        Packed = new PackedLayer(inputs, units);
        _weights = new double[checked(units * Packed.Columns)];
        _l2 = options.L2;
        _threads = threads;
        _unitBlock = Math.Clamp(BlockNumbers / Packed.Columns, 1, units);
        _updates = new IParameterUpdate[(units + _unitBlock - 1) / _unitBlock];
        _penalties = new double[_updates.Length];
        for (var block = 0; block < _updates.Length; block++)
        {
            _updates[block] = options.Optimizer.Start(Math.Min(_unitBlock, units - (block * _unitBlock)) * Packed.Columns);
        }

        _biasUpdate = options.Optimizer.Start(units);
        BiasSums = new double[SoftmaxRows.PaddedClasses(units)];
    }

    /// <summary>The weights as the kernels see them: rounded to float32.</summary>
    public PackedLayer Packed { get; }

    /// <summary>The bias' gradient times the rows of the batch; the caller adds to it, a step clears it.</summary>
    public double[] BiasSums { get; }

    public int Units => Packed.Units;

    /// <summary>Sets a unit's weights.</summary>
    public Span<double> WeightsOf(int unit) => _weights.AsSpan(unit * Packed.Columns, Packed.Inputs);

    /// <summary>Rounds all weights anew, after they were set.</summary>
    public void Round()
    {
        for (var unit = 0; unit < Units; unit++)
        {
            DoubleKernels.Round(WeightsOf(unit), Packed.Row(unit));
        }
    }

    /// <summary>(L2 / 2) · Σ W².</summary>
    public double Penalty()
    {
        if (_l2 == 0)
        {
            return 0;
        }

        FixedOrder.Run(_updates.Length, _threads, block => _penalties[block] = DoubleKernels.Dot((ReadOnlySpan<double>)WeightBlock(block), WeightBlock(block)));
        return _l2 / 2 * _penalties.Sum();
    }

    /// <summary>target[row, input] = Σ slope[row, unit] · W[unit, input].</summary>
    /// <param name="slopes">units × rows: the slopes transposed.</param>
    /// <param name="slopeStride">Distance between the slopes of two units.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="target">rows × <see cref="PackedLayer.Columns"/>; overwritten.</param>
    public void Backward(float* slopes, long slopeStride, int rows, double* target)
    {
        var columns = Packed.Columns;
        new Span<double>(target, checked(rows * columns)).Clear();
        var blocks = (columns + ColumnBlock - 1) / ColumnBlock;
        FixedOrder.Run(blocks, Threads(rows), block =>
        {
            var first = block * ColumnBlock;
            var count = Math.Min(ColumnBlock, columns - first);
            for (var unit = 0; unit < Units; unit += SumRows)
            {
                LinearKernels.Backward(
                    Packed.Weights + ((long)unit * Packed.Stride) + first, Packed.Stride, Math.Min(SumRows, Units - unit), count,
                    slopes + (unit * slopeStride), slopeStride, rows, target + first, columns);
            }
        });
    }

    /// <summary>One step of the optimizer on (1 / rows) · Σ slope · input + L2 · W.</summary>
    /// <param name="x">The layer's inputs, filled up with zeros.</param>
    /// <param name="xStride">Distance between rows.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="slopes">rows × units.</param>
    /// <param name="slopeStride">Distance between rows of slopes.</param>
    /// <param name="rate">The learning rate.</param>
    public void Step(float* x, long xStride, int rows, float* slopes, long slopeStride, double rate)
    {
        var columns = Packed.Columns;
        FixedOrder.Run(_updates.Length, Threads(rows), block =>
        {
            var weights = WeightBlock(block);
            var first = block * _unitBlock;
            var buffer = ArrayPool<double>.Shared.Rent(weights.Length);
            var sums = buffer.AsSpan(0, weights.Length);
            sums.Clear();
            fixed (double* target = sums)
            {
                for (var row = 0; row < rows; row += SumRows)
                {
                    LinearKernels.Backward(
                        x + (row * xStride), xStride, Math.Min(SumRows, rows - row), columns, slopes + (row * slopeStride) + first, slopeStride, weights.Length / columns,
                        target, columns);
                }
            }

            if (_l2 > 0)
            {
                DoubleKernels.AddScaled(_l2 * rows, weights, sums);
            }

            _updates[block].Apply(rate, 1.0 / rows, sums, weights);
            ArrayPool<double>.Shared.Return(buffer);
            for (var unit = first; unit < first + (weights.Length / columns); unit++)
            {
                DoubleKernels.Round(WeightsOf(unit), Packed.Row(unit));
            }
        });
        _biasUpdate.Apply(rate, 1.0 / rows, BiasSums.AsSpan(0, Units), Packed.Bias);
        Array.Clear(BiasSums);
    }

    /// <summary>Keeps a copy of the parameters.</summary>
    public void Keep() => _kept = ([.. _weights], [.. Packed.Bias]);

    /// <summary>Puts them back; does nothing where none were kept.</summary>
    public void Restore()
    {
        if (_kept is { } kept)
        {
            kept.Weights.CopyTo(_weights, 0);
            kept.Bias.CopyTo(Packed.Bias, 0);
            Round();
        }
    }

    /// <summary>The layer as it is now; null where a number is not finite in float32.</summary>
    public DenseWeights? ToWeights()
    {
        var weight = new float[checked(Units * Packed.Inputs)];
        for (var unit = 0; unit < Units; unit++)
        {
            Packed.Row(unit).CopyTo(weight.AsSpan(unit * Packed.Inputs));
        }

        var bias = Array.ConvertAll(Packed.Bias, value => (float)value);
        return Array.TrueForAll(weight, float.IsFinite) && Array.TrueForAll(bias, float.IsFinite) ? new DenseWeights(weight, bias) : null;
    }

    public void Dispose() => Packed.Dispose();

    private int Threads(int rows) => (long)rows * Packed.Columns * Units < SmallWork ? 1 : _threads;

    private Span<double> WeightBlock(int block)
    {
        var first = block * _unitBlock;
        return _weights.AsSpan(first * Packed.Columns, Math.Min(_unitBlock, Units - first) * Packed.Columns);
    }
}
