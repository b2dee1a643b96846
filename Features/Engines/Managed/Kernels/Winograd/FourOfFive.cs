using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(4, 5) at 0, ±1, ±2, ±½ and infinity: eight products for four outputs of five taps instead of twenty.</summary>
internal readonly unsafe struct FourOfFive : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 4;

    /// <inheritdoc/>
    public static int Taps => 5;

    /// <inheritdoc/>
    public static int Points => 8;

    /// <inheritdoc/>
    public static ReadOnlySpan<double> FinitePoints => [0, 1, -1, 2, -2, 0.5, -0.5];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Input<TLanes, TSource>(TSource source, float* target, nint step)
    {
        var x1 = source.At(1);
        var x2 = source.At(2);
        var x3 = source.At(3);
        var x4 = source.At(4);
        var x5 = source.At(5);
        var x6 = source.At(6);
        var outer = TLanes.Broadcast(5.25f);
        TLanes.Store(target, TLanes.MultiplyAdd(outer, TLanes.Subtract(x2, x4), TLanes.Subtract(x6, source.At(0))));
        TLanes.Store(target + (7 * step), TLanes.MultiplyAdd(outer, TLanes.Subtract(x3, x5), TLanes.Subtract(source.At(7), x1)));
        var middle = TLanes.Broadcast(-4.25f);
        var even = TLanes.MultiplyAdd(middle, x4, TLanes.Add(x2, x6));
        var odd = TLanes.MultiplyAdd(middle, x3, TLanes.Add(x1, x5));
        TLanes.Store(target + step, TLanes.Add(even, odd));
        TLanes.Store(target + (2 * step), TLanes.Subtract(even, odd));
        middle = TLanes.Broadcast(-1.25f);
        var last = TLanes.Broadcast(0.25f);
        even = TLanes.MultiplyAdd(last, x2, TLanes.MultiplyAdd(middle, x4, x6));
        odd = TLanes.MultiplyAdd(last, x1, TLanes.MultiplyAdd(middle, x3, x5));
        TLanes.Store(target + (3 * step), TLanes.MultiplyAdd(TLanes.Broadcast(2), odd, even));
        TLanes.Store(target + (4 * step), TLanes.MultiplyAdd(TLanes.Broadcast(-2), odd, even));
        middle = TLanes.Broadcast(-5);
        last = TLanes.Broadcast(4);
        even = TLanes.MultiplyAdd(last, x2, TLanes.MultiplyAdd(middle, x4, x6));
        odd = TLanes.MultiplyAdd(last, x1, TLanes.MultiplyAdd(middle, x3, x5));
        TLanes.Store(target + (5 * step), TLanes.MultiplyAdd(TLanes.Broadcast(0.5f), odd, even));
        TLanes.Store(target + (6 * step), TLanes.MultiplyAdd(TLanes.Broadcast(-0.5f), odd, even));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Output<TLanes>(SteppedSource<TLanes> source, TLanes addend, float* target, nint step)
    {
        var (at1, minus1) = (source.At(1), source.At(2));
        var (at2, minus2) = (source.At(3), source.At(4));
        var (half, minusHalf) = (source.At(5), source.At(6));
        var even1 = TLanes.Add(TLanes.Add(at1, minus1), addend);
        var even2 = TLanes.Add(at2, minus2);
        var evenHalf = TLanes.Add(half, minusHalf);
        var odd1 = TLanes.Add(TLanes.Subtract(at1, minus1), addend);
        var odd2 = TLanes.Subtract(at2, minus2);
        var oddHalf = TLanes.Subtract(half, minusHalf);
        TLanes.Store(target, TLanes.Add(TLanes.Add(source.At(0), even1), TLanes.Add(even2, evenHalf)));
        TLanes.Store(target + step, TLanes.MultiplyAdd(TLanes.Broadcast(2), odd2, TLanes.MultiplyAdd(TLanes.Broadcast(0.5f), oddHalf, odd1)));
        TLanes.Store(target + (2 * step), TLanes.MultiplyAdd(TLanes.Broadcast(4), even2, TLanes.MultiplyAdd(TLanes.Broadcast(0.25f), evenHalf, even1)));
        odd1 = TLanes.MultiplyAdd(TLanes.Broadcast(0.125f), oddHalf, odd1);
        TLanes.Store(target + (3 * step), TLanes.Add(TLanes.MultiplyAdd(TLanes.Broadcast(8), odd2, odd1), source.At(7)));
    }
}
