using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>
/// Weights of a convolution as integers of −127 to 127 with a step for each output channel, in panels: four products of each channel of the
/// panel, then the next four. Values have seven bits, so that two products and their sum fit into 16.
/// </summary>
internal sealed unsafe class QuantizedFilter : IPanelFilter, IDisposable
{
    /// <summary>Products that are read at once.</summary>
    public const int Group = 4;

    private const float Highest = 127;

    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _channels;
    private readonly WeightMatrix _source;
    private readonly int _padded;

    /// <summary>Makes room; the panels are still to be filled.</summary>
    /// <param name="source">[products, outChannels], scale included.</param>
    /// <param name="bias">Bias for each output channel.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public QuantizedFilter(WeightMatrix source, ReadOnlySpan<float> bias, int panelWidth)
    {
        _source = source;
        Products = source.Rows;
        Groups = (Products + Group - 1) / Group;
        OutChannels = source.Columns;
        PanelWidth = panelWidth;
        Panels = (OutChannels + panelWidth - 1) / panelWidth;
        _padded = Panels * panelWidth;
        _weights = new NativeBuffer((long)_padded * Groups * Group);
        _channels = NativeBuffer.OfZeros(3L * _padded);
        bias.CopyTo(new Span<float>(_channels.Floats + (2 * _padded), _padded));
    }

    /// <summary>Products in one output.</summary>
    public int Products { get; }

    /// <summary>Products in one output, in fours.</summary>
    public int Groups { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel.</summary>
    public int PanelWidth { get; }

    /// <inheritdoc/>
    public int Panels { get; }

    /// <inheritdoc/>
    public int ScratchBytes => 2 * PanelWidth * sizeof(float);

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _channels.Bytes;

    /// <summary>First weight of a panel.</summary>
    public sbyte* Panel(int panel) => (sbyte*)_weights.Pointer + ((long)panel * Groups * Group * PanelWidth);

    /// <summary>What one step of each channel's weights is worth.</summary>
    public float* Steps(int panel) => _channels.Floats + ((long)panel * PanelWidth);

    /// <summary>The sum of each channel's weights, as they are after rounding.</summary>
    public float* Sums(int panel) => _channels.Floats + _padded + ((long)panel * PanelWidth);

    /// <summary>Biases.</summary>
    public float* Bias(int panel) => _channels.Floats + (2 * _padded) + ((long)panel * PanelWidth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int panel, void* scratch)
    {
        var first = panel * PanelWidth;
        var row = (float*)scratch;
        var largest = row + PanelWidth;
        var width = Math.Min(PanelWidth, OutChannels - first);
        var target = Panel(panel);
        var steps = Steps(panel);
        var sums = Sums(panel);
        new Span<float>(largest, PanelWidth).Clear();
        new Span<sbyte>(target, Groups * Group * PanelWidth).Clear();
        for (var product = 0; product < Products; product++)
        {
            _source.Read(product, first, new Span<float>(row, width));
            for (var i = 0; i < width; i++)
            {
                largest[i] = Math.Max(largest[i], Math.Abs(row[i]));
            }
        }

        for (var i = 0; i < width; i++)
        {
            steps[i] = largest[i] / Highest;
            largest[i] = largest[i] > 0 ? Highest / largest[i] : 0;
        }

        for (var product = 0; product < Products; product++)
        {
            _source.Read(product, first, new Span<float>(row, width));
            var place = target + ((long)product / Group * Group * PanelWidth) + (product % Group);
            for (var i = 0; i < width; i++)
            {
                var value = MathF.Round(row[i] * largest[i]);
                place[i * Group] = (sbyte)value;
                sums[i] += value;
            }
        }

        for (var i = 0; i < width; i++)
        {
            sums[i] *= steps[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _channels.Dispose();
    }
}
