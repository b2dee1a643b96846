using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Depthwise;

/// <summary>A depthwise convolution as parallel work: each input channel has filters of its own.</summary>
internal abstract unsafe class DepthwiseWork : ParallelWork
{
    /// <summary>The input map.</summary>
    public MapView Input { get; set; }

    /// <summary>The output map.</summary>
    public MapView Output { get; set; }

    /// <summary>Makes the work for a register width.</summary>
    public static DepthwiseWork Create(LaneWidth width, ConvolutionShape shape, DepthwiseFilter filter, float low, float high) => width switch
    {
        LaneWidth.Bits512 => new DepthwiseConvolution<Lanes512>(shape, filter, low, high),
        LaneWidth.Bits256 => new DepthwiseConvolution<Lanes256>(shape, filter, low, high),
        LaneWidth.Bits128 => new DepthwiseConvolution<Lanes128>(shape, filter, low, high),
        _ => new DepthwiseConvolution<ScalarLanes>(shape, filter, low, high),
    };
}
