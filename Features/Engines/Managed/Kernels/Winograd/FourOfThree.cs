using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(4, 3) at 0, ±1, ±2 and infinity: six products for four outputs of three taps, half as many as directly.</summary>
/// <remarks>Of a pair of points ±p the even powers are the same and the odd ones opposite, so that both cost little more than one.</remarks>
internal readonly unsafe struct FourOfThree : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 4;

    /// <inheritdoc/>
    public static int Taps => 3;

    /// <inheritdoc/>
    public static int Points => 6;

    /// <inheritdoc/>
    public static ReadOnlySpan<double> FinitePoints => [0, 1, -1, 2, -2];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Input<TLanes, TSource>(TSource source, float* target, nint step)
    {
        var four = TLanes.Broadcast(4);
        var minusFour = TLanes.Broadcast(-4);
        var minusFive = TLanes.Broadcast(-5);
        var x1 = source.At(1);
        var x2 = source.At(2);
        var x3 = source.At(3);
        var x4 = source.At(4);
        TLanes.Store(target, TLanes.MultiplyAdd(four, source.At(0), TLanes.MultiplyAdd(minusFive, x2, x4)));
        var even = TLanes.MultiplyAdd(minusFour, x2, x4);
        var odd = TLanes.MultiplyAdd(minusFour, x1, x3);
        TLanes.Store(target + step, TLanes.Add(even, odd));
        TLanes.Store(target + (2 * step), TLanes.Subtract(even, odd));
        even = TLanes.Subtract(x4, x2);
        odd = TLanes.Subtract(x3, x1);
        odd = TLanes.Add(odd, odd);
        TLanes.Store(target + (3 * step), TLanes.Add(even, odd));
        TLanes.Store(target + (4 * step), TLanes.Subtract(even, odd));
        TLanes.Store(target + (5 * step), TLanes.MultiplyAdd(four, x1, TLanes.MultiplyAdd(minusFive, x3, source.At(5))));
    }

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
