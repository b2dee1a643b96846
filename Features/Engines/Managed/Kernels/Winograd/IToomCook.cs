using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>
/// A one-dimensional Toom–Cook (Winograd) convolution F(m, r): m neighbouring outputs of r taps from n = m + r − 1 products instead of m·r.
/// The window and the inputs are evaluated at n − 1 numbers and at infinity, multiplied point by point, and the outputs read off.
/// </summary>
/// <remarks>Source: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015 (arXiv:1509.09308).</remarks>
internal unsafe interface IToomCook
{
    /// <summary>Outputs of a tile, m.</summary>
    static abstract int Outputs { get; }

    /// <summary>Taps of the window, r.</summary>
    static abstract int Taps { get; }

    /// <summary>Products, n, the point at infinity included.</summary>
    static abstract int Points { get; }

    /// <summary>The n − 1 finite points, in the order of the products; infinity is the last.</summary>
    static abstract ReadOnlySpan<double> FinitePoints { get; }

    /// <summary>Transforms n neighbouring inputs.</summary>
    static abstract void Input<TLanes, TSource>(TSource source, float* target, nint step)
        where TLanes : struct, ILanes<TLanes>
        where TSource : struct, ITransformSource<TLanes>;

    /// <summary>Transforms n products into m outputs and adds the same to each.</summary>
    static abstract void Output<TLanes>(SteppedSource<TLanes> source, TLanes addend, float* target, nint step)
        where TLanes : struct, ILanes<TLanes>;
}
