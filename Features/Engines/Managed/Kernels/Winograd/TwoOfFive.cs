using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(2, 5): six products for two outputs of five taps instead of ten.</summary>
internal readonly unsafe struct TwoOfFive : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 2;

    /// <inheritdoc/>
    public static int Taps => 5;

    /// <inheritdoc/>
    public static int Points => 6;

    /// <inheritdoc/>
    public static ReadOnlySpan<double> FinitePoints => SixPoints.Finite;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Input<TLanes, TSource>(TSource source, float* target, nint step) => SixPoints.Input<TLanes, TSource>(source, target, step);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Output<TLanes>(SteppedSource<TLanes> source, TLanes addend, float* target, nint step)
    {
        var (at1, minus1) = (source.At(1), source.At(2));
        var (at2, minus2) = (source.At(3), source.At(4));
        var even = TLanes.Add(TLanes.Add(at1, minus1), TLanes.Add(at2, minus2));
        var odd = TLanes.MultiplyAdd(TLanes.Broadcast(2), TLanes.Subtract(at2, minus2), TLanes.Subtract(at1, minus1));
        TLanes.Store(target, TLanes.Add(TLanes.Add(source.At(0), even), addend));
        TLanes.Store(target + step, TLanes.Add(TLanes.Add(odd, source.At(5)), addend));
    }
}
