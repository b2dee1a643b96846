using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Networks;

/// <summary>A dense layer laid out for the kernels: float32 weights, rows filled up with zeros, and a float64 bias.</summary>
internal sealed unsafe class PackedLayer : IDisposable
{
    /// <summary>Units that a thread computes at once; even many rows of activations then stay in the cache beside their weights.</summary>
    private const int UnitBlock = 40;

    private const int RowBlock = 32;

    /// <summary>Products below which a second thread does not pay.</summary>
    private const long SmallWork = 1L << 18;

    private readonly AlignedBuffer<float> _weights;

    public PackedLayer(int inputs, int units)
    {
        Inputs = inputs;
        Units = units;
        Columns = PaddedRows.Columns(inputs);
        Stride = PaddedRows.Stride(inputs);
        _weights = new AlignedBuffer<float>((long)units * Stride);
        Bias = new double[units];
    }

    public PackedLayer(DenseWeights layer)
        : this(layer.Inputs, layer.Units)
    {
        for (var unit = 0; unit < Units; unit++)
        {
            layer.Weight.Slice(unit * Inputs, Inputs).CopyTo(Row(unit));
            Bias[unit] = layer.Bias[unit];
        }
    }

    public int Inputs { get; }

    public int Units { get; }

    /// <summary>Inputs with padding.</summary>
    public int Columns { get; }

    /// <summary>Distance between the weights of two units.</summary>
    public int Stride { get; }

    public double[] Bias { get; }

    /// <summary>All weights. The layer must be kept alive while they are used.</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>The weights of one unit.</summary>
    public Span<float> Row(int unit) => new(_weights.Pointer + ((long)unit * Stride), Inputs);

    /// <summary>outputs[row, unit] = W · x + b; columns of <paramref name="outputs"/> beyond the units are left as they are.</summary>
    /// <param name="x">An even number of rows of room, filled up with zeros.</param>
    /// <param name="xStride">Distance between rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="outputs">The same number of rows.</param>
    /// <param name="outputStride">Distance between them.</param>
    /// <param name="threads">Most threads to use; the result does not depend on it.</param>
    public void Forward(float* x, long xStride, int rows, double* outputs, long outputStride, int threads)
    {
        var even = rows + (rows & 1);
        var blocks = (Units + UnitBlock - 1) / UnitBlock;
        FixedOrder.Run(blocks, (long)rows * Columns * Units < SmallWork ? 1 : threads, block =>
        {
            var first = block * UnitBlock;
            var count = Math.Min(UnitBlock, Units - first);
            for (var row = 0; row < even; row++)
            {
                Bias.AsSpan(first, count).CopyTo(new Span<double>(outputs + (row * outputStride) + first, count));
            }

            for (var row = 0; row < even; row += RowBlock)
            {
                LinearKernels.Forward(
                    x + (row * xStride), xStride, Math.Min(RowBlock, even - row), Columns, Weights + ((long)first * Stride), Stride, count,
                    outputs + (row * outputStride) + first, outputStride);
            }
        });
        GC.KeepAlive(this);
    }

    public void Dispose() => _weights.Dispose();
}
