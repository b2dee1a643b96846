using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>Chooses the tile for a register width.</summary>
internal static unsafe class ConvolutionKernels
{
    /// <summary>Output channels in a panel at a register width.</summary>
    public static int PanelWidth(LaneWidth width) => 2 * (int)width;

    /// <summary>Makes the work for one convolution.</summary>
    /// <param name="width">Register width; the filter is packed for it.</param>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Packed weights.</param>
    /// <param name="zeros">At least as many zeros as there are input channels.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="threads">Threads that will share it.</param>
    public static ConvolutionWork Create(LaneWidth width, ConvolutionShape shape, PackedFilter filter, float* zeros, float low, float high, int threads) => width switch
    {
        LaneWidth.Bits512 => new IndirectConvolution<TwelveRowTile<Lanes512>, Lanes512>(shape, filter, zeros, low, high, threads),
        LaneWidth.Bits256 => new IndirectConvolution<SixRowTile<Lanes256>, Lanes256>(shape, filter, zeros, low, high, threads),
        LaneWidth.Bits128 => new IndirectConvolution<SixRowTile<Lanes128>, Lanes128>(shape, filter, zeros, low, high, threads),
        _ => new IndirectConvolution<SixRowTile<ScalarLanes>, ScalarLanes>(shape, filter, zeros, low, high, threads),
    };
}
