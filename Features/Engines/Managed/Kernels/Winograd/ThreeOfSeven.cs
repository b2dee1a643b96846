using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>F(3, 7) at ±1, ±2, ±⅝, ±¼ and infinity: nine products for three outputs of seven taps instead of twenty-one.</summary>
/// <remarks>
/// These points amplify rounding less than the others tried: by 10, 5 and 6 at the three outputs, in the root mean square
/// against a direct sum; ±1, ±2, ±½, ±¼ by 15. All coefficients are exact in single precision.
/// </remarks>
internal readonly unsafe struct ThreeOfSeven : IToomCook
{
    /// <inheritdoc/>
    public static int Outputs => 3;

    /// <inheritdoc/>
    public static int Taps => 7;

    /// <inheritdoc/>
    public static int Points => 9;

    /// <inheritdoc/>
    public static ReadOnlySpan<double> FinitePoints => [1, -1, 2, -2, 0.625, -0.625, 0.25, -0.25];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Input<TLanes, TSource>(TSource source, float* target, nint step)
    {
        var x0 = source.At(0);
        var x1 = source.At(1);
        var x2 = source.At(2);
        var x3 = source.At(3);
        var x4 = source.At(4);
        var x5 = source.At(5);
        var x6 = source.At(6);
        var x7 = source.At(7);

        var quadratic = TLanes.Broadcast(-4.453125f);
        var linear = TLanes.Broadcast(1.8369140625f);
        var constant = TLanes.Broadcast(-0.09765625f);
        var even = TLanes.MultiplyAdd(constant, x0, TLanes.MultiplyAdd(linear, x2, TLanes.MultiplyAdd(quadratic, x4, x6)));
        var odd = TLanes.MultiplyAdd(constant, x1, TLanes.MultiplyAdd(linear, x3, TLanes.MultiplyAdd(quadratic, x5, x7)));
        TLanes.Store(target, TLanes.Add(odd, even));
        TLanes.Store(target + step, TLanes.Subtract(odd, even));

        quadratic = TLanes.Broadcast(-1.453125f);
        linear = TLanes.Broadcast(0.4775390625f);
        constant = TLanes.Broadcast(-0.0244140625f);
        even = TLanes.MultiplyAdd(constant, x0, TLanes.MultiplyAdd(linear, x2, TLanes.MultiplyAdd(quadratic, x4, x6)));
        odd = TLanes.MultiplyAdd(constant, x1, TLanes.MultiplyAdd(linear, x3, TLanes.MultiplyAdd(quadratic, x5, x7)));
        TLanes.Store(target + (2 * step), TLanes.MultiplyAdd(TLanes.Broadcast(2), even, odd));
        TLanes.Store(target + (3 * step), TLanes.MultiplyAdd(TLanes.Broadcast(-2), even, odd));

        quadratic = TLanes.Broadcast(-5.0625f);
        linear = TLanes.Broadcast(4.3125f);
        constant = TLanes.Broadcast(-0.25f);
        even = TLanes.MultiplyAdd(constant, x0, TLanes.MultiplyAdd(linear, x2, TLanes.MultiplyAdd(quadratic, x4, x6)));
        odd = TLanes.MultiplyAdd(constant, x1, TLanes.MultiplyAdd(linear, x3, TLanes.MultiplyAdd(quadratic, x5, x7)));
        TLanes.Store(target + (4 * step), TLanes.MultiplyAdd(TLanes.Broadcast(0.625f), even, odd));
        TLanes.Store(target + (5 * step), TLanes.MultiplyAdd(TLanes.Broadcast(-0.625f), even, odd));

        quadratic = TLanes.Broadcast(-5.390625f);
        linear = TLanes.Broadcast(5.953125f);
        constant = TLanes.Broadcast(-1.5625f);
        even = TLanes.MultiplyAdd(constant, x0, TLanes.MultiplyAdd(linear, x2, TLanes.MultiplyAdd(quadratic, x4, x6)));
        odd = TLanes.MultiplyAdd(constant, x1, TLanes.MultiplyAdd(linear, x3, TLanes.MultiplyAdd(quadratic, x5, x7)));
        TLanes.Store(target + (6 * step), TLanes.MultiplyAdd(TLanes.Broadcast(0.25f), even, odd));
        TLanes.Store(target + (7 * step), TLanes.MultiplyAdd(TLanes.Broadcast(-0.25f), even, odd));

        var all = TLanes.MultiplyAdd(TLanes.Broadcast(-5.453125f), x6, source.At(8));
        all = TLanes.MultiplyAdd(TLanes.Broadcast(6.2900390625f), x4, all);
        all = TLanes.MultiplyAdd(TLanes.Broadcast(-1.9345703125f), x2, all);
        TLanes.Store(target + (8 * step), TLanes.MultiplyAdd(TLanes.Broadcast(0.09765625f), x0, all));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IToomCook.Output<TLanes>(SteppedSource<TLanes> source, TLanes addend, float* target, nint step)
    {
        var (plus, minus) = (source.At(0), source.At(1));
        var first = TLanes.Add(TLanes.Add(plus, minus), addend);
        var second = TLanes.Add(TLanes.Subtract(plus, minus), addend);
        var third = first;
        (plus, minus) = (source.At(2), source.At(3));
        var even = TLanes.Add(plus, minus);
        first = TLanes.Add(first, even);
        second = TLanes.MultiplyAdd(TLanes.Broadcast(2), TLanes.Subtract(plus, minus), second);
        third = TLanes.MultiplyAdd(TLanes.Broadcast(4), even, third);
        (plus, minus) = (source.At(4), source.At(5));
        even = TLanes.Add(plus, minus);
        first = TLanes.Add(first, even);
        second = TLanes.MultiplyAdd(TLanes.Broadcast(0.625f), TLanes.Subtract(plus, minus), second);
        third = TLanes.MultiplyAdd(TLanes.Broadcast(0.390625f), even, third);
        (plus, minus) = (source.At(6), source.At(7));
        even = TLanes.Add(plus, minus);
        TLanes.Store(target, TLanes.Add(first, even));
        TLanes.Store(target + step, TLanes.MultiplyAdd(TLanes.Broadcast(0.25f), TLanes.Subtract(plus, minus), second));
        TLanes.Store(target + (2 * step), TLanes.Add(TLanes.MultiplyAdd(TLanes.Broadcast(0.0625f), even, third), source.At(8)));
    }
}
