using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Elementwise;

/// <summary>An operation on each element of maps of one shape, as parallel work.</summary>
internal abstract unsafe class ElementwiseWork : ParallelWork
{
    /// <summary>The first operand.</summary>
    public MapView Input { get; set; }

    /// <summary>The second operand of the kinds that have two.</summary>
    public MapView Other { get; set; }

    /// <summary>How many pixels of the first operand share one pixel of the second; 1 where both have the same shape.</summary>
    public int PixelsPerOther { get; set; } = 1;

    /// <summary>The result.</summary>
    public MapView Output { get; set; }

    /// <summary>Makes the work for a register width.</summary>
    /// <param name="width">Register width.</param>
    /// <param name="kind">What is done.</param>
    /// <param name="pixels">Pixels of the maps.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="scale">For Affine, a factor a channel; outlives this.</param>
    /// <param name="shift">For Affine, a summand a channel; outlives this.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    public static ElementwiseWork Create(LaneWidth width, ElementwiseKind kind, int pixels, int channels, float* scale, float* shift, float low, float high) => width switch
    {
        LaneWidth.Bits512 => new Elementwise<Lanes512>(kind, pixels, channels, scale, shift, low, high),
        LaneWidth.Bits256 => new Elementwise<Lanes256>(kind, pixels, channels, scale, shift, low, high),
        LaneWidth.Bits128 => new Elementwise<Lanes128>(kind, pixels, channels, scale, shift, low, high),
        _ => new Elementwise<ScalarLanes>(kind, pixels, channels, scale, shift, low, high),
    };
}
