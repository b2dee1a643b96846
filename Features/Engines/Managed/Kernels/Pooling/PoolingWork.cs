using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Pooling;

/// <summary>A pooling as parallel work.</summary>
internal abstract unsafe class PoolingWork : ParallelWork
{
    /// <summary>The input map.</summary>
    public MapView Input { get; set; }

    /// <summary>The output map.</summary>
    public MapView Output { get; set; }

    /// <summary>Makes the work for a register width.</summary>
    /// <param name="width">Register width.</param>
    /// <param name="shape">Geometry.</param>
    /// <param name="average">The mean of what the window covers inside the map; else its largest.</param>
    public static PoolingWork Create(LaneWidth width, ConvolutionShape shape, bool average) => width switch
    {
        LaneWidth.Bits512 => new Pooling<Lanes512>(shape, average),
        LaneWidth.Bits256 => new Pooling<Lanes256>(shape, average),
        LaneWidth.Bits128 => new Pooling<Lanes128>(shape, average),
        _ => new Pooling<ScalarLanes>(shape, average),
    };
}
