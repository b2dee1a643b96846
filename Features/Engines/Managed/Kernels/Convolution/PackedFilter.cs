using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>
/// The weights of a convolution or matrix product in the order its tiles read them: panels of as many output channels as a tile has columns,
/// in each panel a row for each product. Missing channels of the last panel are zeros.
/// </summary>
internal sealed unsafe class PackedFilter : IDisposable
{
    private readonly NativeBuffer _weights;
    private readonly NativeBuffer _bias;

    /// <summary>Packs weights.</summary>
    /// <param name="weights">[products, outChannels], C order (HWIO filters are that as they are).</param>
    /// <param name="scale">Factor for each output channel, or empty for 1.</param>
    /// <param name="bias">Bias for each output channel, or empty for 0.</param>
    /// <param name="products">Products in one output.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="panelWidth">Columns of a tile.</param>
    public PackedFilter(ReadOnlySpan<float> weights, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, int products, int outChannels, int panelWidth)
    {
        Products = products;
        OutChannels = outChannels;
        PanelWidth = panelWidth;
        Panels = (outChannels + panelWidth - 1) / panelWidth;
        _weights = new NativeBuffer((long)Panels * products * panelWidth * sizeof(float));
        _bias = NativeBuffer.OfZeros((long)Panels * panelWidth);
        bias.CopyTo(new Span<float>(_bias.Floats, Panels * panelWidth));
        for (var panel = 0; panel < Panels; panel++)
        {
            var first = panel * panelWidth;
            var width = Math.Min(panelWidth, outChannels - first);
            for (var row = 0; row < products; row++)
            {
                var target = new Span<float>(Panel(panel) + ((long)row * panelWidth), panelWidth);
                weights.Slice((row * outChannels) + first, width).CopyTo(target);
                target[width..].Clear();
                if (!scale.IsEmpty)
                {
                    for (var column = 0; column < width; column++)
                    {
                        target[column] *= scale[first + column];
                    }
                }
            }
        }
    }

    /// <summary>Products in one output.</summary>
    public int Products { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Output channels in a panel.</summary>
    public int PanelWidth { get; }

    /// <summary>Number of panels.</summary>
    public int Panels { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _weights.Bytes + _bias.Bytes;

    /// <summary>Copies weights, scale included, and biases back to where they come from.</summary>
    /// <param name="weights">[products, columns].</param>
    /// <param name="bias">[columns].</param>
    /// <param name="firstColumn">Where this filter's output channels begin.</param>
    /// <param name="columns">Columns of <paramref name="weights"/>.</param>
    public void CopyTo(float[] weights, float[] bias, int firstColumn, int columns)
    {
        for (var panel = 0; panel < Panels; panel++)
        {
            var first = panel * PanelWidth;
            var width = Math.Min(PanelWidth, OutChannels - first);
            new ReadOnlySpan<float>(Bias(panel), width).CopyTo(bias.AsSpan(firstColumn + first));
            for (var row = 0; row < Products; row++)
            {
                new ReadOnlySpan<float>(Panel(panel) + ((long)row * PanelWidth), width).CopyTo(weights.AsSpan((row * columns) + firstColumn + first));
            }
        }
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
