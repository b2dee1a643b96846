using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>The input transform at 0, ±1, ±2 and infinity, which all F(m, r) with m + r = 7 share.</summary>
internal static unsafe class SixPoints
{
    /// <summary>The finite points.</summary>
    public static ReadOnlySpan<double> Finite => [0, 1, -1, 2, -2];

    /// <summary>Transforms six inputs. Of a pair ±p the even powers are the same, the odd ones opposite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLanes, TSource>(TSource source, float* target, nint step)
        where TLanes : struct, ILanes<TLanes>
        where TSource : struct, ITransformSource<TLanes>
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
}
