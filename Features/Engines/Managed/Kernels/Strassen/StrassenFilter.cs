using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Strassen;

/// <summary>
/// The weights of a 1×1 convolution for <see cref="StrassenConvolution{TTile, TLanes}"/>: two neighbouring panels of output channels become
/// the seven factors of Winograd's form of Strassen's algorithm, each with half as many rows; panels that are left over, and one that is not
/// full, stay as they are.
/// </summary>
internal sealed unsafe class StrassenFilter : IPanelFilter, IDisposable
{
    /// <summary>Products of half the depth that take the place of eight.</summary>
    public const int Factors = 7;

    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private readonly NativeBuffer _biasSteps;
    private WeightMatrix? _source;
    private int _unfilled;

    /// <summary>Makes room; the panels are still to be filled.</summary>
    /// <param name="source">[inChannels, outChannels], scale included; an even number of rows.</param>
    /// <param name="bias">Bias for each output channel, or empty for 0.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public StrassenFilter(WeightMatrix source, ReadOnlySpan<float> bias, int panelWidth)
    {
        _source = source;
        HalfDepth = source.Rows / 2;
        OutChannels = source.Columns;
        PanelWidth = panelWidth;
        Pairs = OutChannels / (2 * panelWidth);
        Rest = ((OutChannels - (2 * Pairs * panelWidth)) + panelWidth - 1) / panelWidth;
        _unfilled = Panels;
        var columns = ((2 * Pairs) + Rest) * panelWidth;
        _weights = new NativeBuffer(((((long)Factors * Pairs) + (2 * Rest)) * HalfDepth * panelWidth) * sizeof(float));
        _bias = NativeBuffer.OfZeros(columns);
        _biasSteps = NativeBuffer.OfZeros((long)Pairs * panelWidth);
        bias.CopyTo(new Span<float>(_bias.Floats, columns));
        for (var pair = 0; pair < Pairs; pair++)
        {
            for (var column = 0; column < panelWidth; column++)
            {
                BiasStep(pair)[column] = Bias((2 * pair) + 1)[column] - Bias(2 * pair)[column];
            }
        }
    }

    /// <summary>Half the input channels: rows of a factor.</summary>
    public int HalfDepth { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Pairs of panels; they hold the first output channels.</summary>
    public int Pairs { get; }

    /// <summary>Panels after the pairs, multiplied directly: none, one or two.</summary>
    public int Rest { get; }

    /// <inheritdoc/>
    public int Panels => Pairs + Rest;

    /// <inheritdoc/>
    public int ScratchBytes => 4 * PanelWidth * sizeof(float);

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes + _biasSteps.Bytes;

    private long FactorFloats => (long)HalfDepth * PanelWidth;

    /// <summary>A factor of a pair of panels, [half depth, panel width], in the order of the products.</summary>
    public float* Factor(int pair, int factor) => _weights.Floats + ((((long)pair * Factors) + factor) * FactorFloats);

    /// <summary>A panel after the pairs, [depth, panel width].</summary>
    public float* RestPanel(int panel) => _weights.Floats + ((((long)Pairs * Factors) + (2 * panel)) * FactorFloats);

    /// <summary>Biases of a panel, counted from the first output channel.</summary>
    public float* Bias(int panel) => _bias.Floats + ((long)panel * PanelWidth);

    /// <summary>What must be added to the biases of a pair's first panel to have those of its second.</summary>
    public float* BiasStep(int pair) => _biasSteps.Floats + ((long)pair * PanelWidth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int panel, void* scratch)
    {
        if (panel < Pairs)
        {
            FillPair(panel, (float*)scratch);
        }
        else
        {
            FillRest(panel - Pairs);
        }

        if (Interlocked.Decrement(ref _unfilled) == 0)
        {
            _source = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
        _biasSteps.Dispose();
    }

    /// <summary>The factors of the weights' sums, in double and rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillPair(int pair, float* scratch)
    {
        var source = _source!;
        var width = PanelWidth;
        var upper = scratch;
        var lower = scratch + (2 * width);
        for (var row = 0; row < HalfDepth; row++)
        {
            source.Read(row, 2 * pair * width, new Span<float>(upper, 2 * width));
            source.Read(row + HalfDepth, 2 * pair * width, new Span<float>(lower, 2 * width));
            var target = Factor(pair, 0) + ((long)row * width);
            for (var column = 0; column < width; column++)
            {
                double b11 = upper[column], b12 = upper[column + width], b21 = lower[column], b22 = lower[column + width];
                var at = target + column;
                at[0] = (float)b11;
                at[FactorFloats] = (float)b21;
                at[2 * FactorFloats] = (float)(b22 - b12 + b11);
                at[3 * FactorFloats] = (float)(b22 - b12);
                at[4 * FactorFloats] = (float)(b12 - b11);
                at[5 * FactorFloats] = (float)(b21 - (b22 - b12 + b11));
                at[6 * FactorFloats] = (float)b22;
            }
        }
    }

    private void FillRest(int panel)
    {
        var first = ((2 * Pairs) + panel) * PanelWidth;
        var width = Math.Min(PanelWidth, OutChannels - first);
        var target = RestPanel(panel);
        for (var row = 0; row < 2 * HalfDepth; row++)
        {
            _source!.Read(row, first, new Span<float>(target, width));
            new Span<float>(target + width, PanelWidth - width).Clear();
            target += PanelWidth;
        }
    }
}
