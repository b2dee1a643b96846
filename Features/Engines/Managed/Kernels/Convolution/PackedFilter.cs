using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>
/// The weights of a convolution or matrix product in the order its tiles read them: panels of as many output channels as a tile has columns,
/// in each panel a row for each product. Missing channels of the last panel are zeros.
/// </summary>
internal sealed unsafe class PackedFilter : IPanelFilter, IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;
    private WeightMatrix? _source;
    private int _unfilled;

    /// <summary>Makes room; the panels are still to be filled.</summary>
    /// <param name="source">Weights, scale included (HWIO filters are such a matrix as they are).</param>
    /// <param name="bias">Bias for each output channel, or empty for 0.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public PackedFilter(WeightMatrix source, ReadOnlySpan<float> bias, int panelWidth)
    {
        _source = source;
        Products = source.Rows;
        OutChannels = source.Columns;
        PanelWidth = panelWidth;
        Panels = (OutChannels + panelWidth - 1) / panelWidth;
        _unfilled = Panels;
        _weights = new NativeBuffer((long)Panels * Products * panelWidth * sizeof(float));
        _bias = NativeBuffer.OfZeros((long)Panels * panelWidth);
        bias.CopyTo(new Span<float>(_bias.Floats, Panels * panelWidth));
    }

    /// <summary>Products in one output.</summary>
    public int Products { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel.</summary>
    public int PanelWidth { get; }

    /// <inheritdoc/>
    public int Panels { get; }

    /// <inheritdoc/>
    public int ScratchBytes => 0;

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int panel, void* scratch)
    {
        var source = _source!;
        var first = panel * PanelWidth;
        var width = Math.Min(PanelWidth, OutChannels - first);
        var target = Panel(panel);
        for (var row = 0; row < Products; row++)
        {
            source.Read(row, first, new Span<float>(target, width));
            new Span<float>(target + width, PanelWidth - width).Clear();
            target += PanelWidth;
        }

        if (Interlocked.Decrement(ref _unfilled) == 0)
        {
            _source = null;
        }
    }

    /// <summary>The matrix that it was packed from, scale included.</summary>
    public WeightMatrix Unpack()
    {
        if (_source is { } source)
        {
            return source;
        }

        var weights = new float[Products * OutChannels];
        for (var panel = 0; panel < Panels; panel++)
        {
            var first = panel * PanelWidth;
            var width = Math.Min(PanelWidth, OutChannels - first);
            for (var row = 0; row < Products; row++)
            {
                new ReadOnlySpan<float>(Panel(panel) + ((long)row * PanelWidth), width).CopyTo(weights.AsSpan((row * OutChannels) + first));
            }
        }

        return WeightMatrix.Of(weights, [], Products, OutChannels);
    }

    /// <summary>First weight of a panel.</summary>
    public float* Panel(int panel) => _weights.Floats + ((long)panel * Products * PanelWidth);

    /// <summary>First bias of a panel.</summary>
    public float* Bias(int panel) => _bias.Floats + ((long)panel * PanelWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }
}
