using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Strassen;

/// <summary>Tells which convolutions pay for a step of Strassen's algorithm, and makes their work.</summary>
internal static class StrassenKernels
{
    /// <summary>With fewer input channels the sums are moved about more than products are saved: measured.</summary>
    private const int FewestChannels = 256;

    /// <summary>The inputs' sums must be of use to more than one pair of panels: measured.</summary>
    private const int FewestPairs = 2;

    /// <summary>With fewer pixels in an image too many pairs lack their second.</summary>
    private const int FewestPixels = 25;

    /// <summary>Whether it pays. Neither batch nor threads have a say: they must not change results.</summary>
    /// <param name="width">Register width.</param>
    /// <param name="shape">Geometry.</param>
    public static bool Pays(LaneWidth width, ConvolutionShape shape) =>
        shape is { KernelHeight: 1, KernelWidth: 1, PadTop: 0, PadLeft: 0, InChannels: >= FewestChannels }
        && shape.InChannels % 2 == 0
        && (shape.OutHeight - 1) * shape.StrideY < shape.InHeight
        && (shape.OutWidth - 1) * shape.StrideX < shape.InWidth
        && shape.OutChannels >= FewestPairs * 2 * ConvolutionKernels.PanelWidth(width)
        && shape.OutHeight * shape.OutWidth >= FewestPixels;

    /// <summary>Makes the work for one convolution.</summary>
    /// <param name="width">Register width; the filter is packed for it.</param>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Packed weights.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="threads">Threads that will share it.</param>
    public static ConvolutionWork Create(LaneWidth width, ConvolutionShape shape, StrassenFilter filter, float low, float high, int threads) => width switch
    {
        LaneWidth.Bits512 => new StrassenConvolution<TwelveRowTile<Lanes512>, Lanes512>(shape, filter, low, high, threads),
        LaneWidth.Bits256 => new StrassenConvolution<SixRowTile<Lanes256>, Lanes256>(shape, filter, low, high, threads),
        LaneWidth.Bits128 => new StrassenConvolution<SixRowTile<Lanes128>, Lanes128>(shape, filter, low, high, threads),
        _ => new StrassenConvolution<SixRowTile<ScalarLanes>, ScalarLanes>(shape, filter, low, high, threads),
    };
}
