using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(4, 3): six products for four outputs of three taps, half as many as directly.</summary>
internal readonly unsafe struct FourOfThree : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 4;

    /// <inheritdoc/>
    public static int Taps => 3;

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
        var even1 = TLanes.Add(TLanes.Add(at1, minus1), addend);
        var even2 = TLanes.Add(at2, minus2);
        var odd1 = TLanes.Add(TLanes.Subtract(at1, minus1), addend);
        var odd2 = TLanes.Subtract(at2, minus2);
        TLanes.Store(target, TLanes.Add(TLanes.Add(source.At(0), even1), even2));
        TLanes.Store(target + step, TLanes.MultiplyAdd(TLanes.Broadcast(2), odd2, odd1));
        TLanes.Store(target + (2 * step), TLanes.MultiplyAdd(TLanes.Broadcast(4), even2, even1));
        TLanes.Store(target + (3 * step), TLanes.Add(TLanes.MultiplyAdd(TLanes.Broadcast(8), odd2, odd1), source.At(5)));
    }
}
