using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>Functions of one and two numbers as TensorFlow defines them, for every type they are registered for.</summary>
internal static class ScalarFunctions
{
    /// <summary>Scale of the scaled exponential linear unit (Klambauer et al. 2017).</summary>
    private const double SeluScale = 1.0507009873554804934193349852946;

    /// <summary>Scale times alpha of the scaled exponential linear unit.</summary>
    private const double SeluScaleAlpha = 1.7580993408473768599402175208123;

    /// <summary>−1, 0 or 1; NaN stays NaN.</summary>
    public static T Sign<T>(T x)
        where T : INumber<T> => x > T.Zero ? T.One : x < T.Zero ? T.Zero - T.One : x;

    /// <summary>max(x, 0); NaN stays NaN.</summary>
    public static T Relu<T>(T x)
        where T : INumber<T> => T.Max(x, T.Zero);

    /// <summary>min(max(x, 0), 6).</summary>
    public static T Relu6<T>(T x)
        where T : INumber<T> => T.Min(T.Max(x, T.Zero), T.CreateTruncating(6));

    /// <summary>1/√x.</summary>
    public static T Rsqrt<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / T.Sqrt(x);

    /// <summary>1/(1 + e^−x).</summary>
    public static T Sigmoid<T>(T x)
        where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));

    /// <summary>e^x − 1 below 0, x above.</summary>
    public static T Elu<T>(T x)
        where T : IFloatingPointIeee754<T> => x < T.Zero ? Expm1(x) : x;

    /// <summary>The scaled exponential linear unit.</summary>
    public static T Selu<T>(T x)
        where T : IFloatingPointIeee754<T> =>
        x < T.Zero ? T.CreateTruncating(SeluScaleAlpha) * Expm1(x) : T.CreateTruncating(SeluScale) * x;

    /// <summary>ln(1 + e^x), without overflow.</summary>
    public static T Softplus<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Max(x, T.Zero) + Log1p(T.Exp(-T.Abs(x)));

    /// <summary>x/(1 + |x|).</summary>
    public static T Softsign<T>(T x)
        where T : IFloatingPointIeee754<T> => x / (T.One + T.Abs(x));

    /// <summary>e^x − 1 without cancellation near 0 (.NET's ExpM1 has it).</summary>
    public static T Expm1<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        // sinh is exact near 0, so nothing cancels; below −50 the result is −1 and sinh would overflow in the end.
        var half = double.CreateTruncating(x) / 2;
        return half < -25 ? -T.One : T.CreateTruncating(2 * Math.Sinh(half) * Math.Exp(half));
    }

    /// <summary>ln(1 + x) without cancellation near 0 (.NET's LogP1 has it).</summary>
    public static T Log1p<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        var value = double.CreateTruncating(x);
        var shifted = 1 + value;

        // Kahan's form: the rounding of 1 + x cancels in the quotient.
        return shifted == 1 ? x : double.IsInfinity(shifted) ? T.CreateTruncating(shifted) : T.CreateTruncating(Math.Log(shifted) * (value / (shifted - 1)));
    }

    /// <summary>The largest whole number not above x / y.</summary>
    public static T FloorDiv<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => T.Floor(x / y);

    /// <summary>x / y without its fraction.</summary>
    public static T TruncateDiv<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => T.Truncate(x / y);

    /// <summary>The remainder that has y's sign.</summary>
    public static T FloorMod<T>(T x, T y)
        where T : INumber<T>
    {
        var remainder = x % y;
        return remainder != T.Zero && (y < T.Zero) != (remainder < T.Zero) ? remainder + y : remainder;
    }

    /// <summary>x / y, 0 where y is 0.</summary>
    public static T DivNoNan<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => y == T.Zero ? T.Zero : x / y;

    /// <summary>x · y, 0 where y is 0 (even for an infinite or NaN x).</summary>
    public static T MulNoNan<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => y == T.Zero ? T.Zero : x * y;

    /// <summary>x / y, 0 where x is 0.</summary>
    public static T Xdivy<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => x == T.Zero ? T.Zero : x / y;

    /// <summary>x · ln y, 0 where x is 0.</summary>
    public static T Xlogy<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => x == T.Zero ? T.Zero : x * T.Log(y);

    /// <summary>x · ln(1 + y), 0 where x is 0.</summary>
    public static T Xlog1py<T>(T x, T y)
        where T : IFloatingPointIeee754<T> => x == T.Zero ? T.Zero : x * Log1p(y);

    /// <summary>x / y truncated, in the type's wrapping arithmetic (the lowest number by −1 is itself).</summary>
    public static T IntegerQuotient<T>(T x, T y)
        where T : IBinaryInteger<T> => IsMinusOne(y) ? T.Zero - x : x / y;

    /// <summary>The remainder that has x's sign.</summary>
    public static T IntegerRemainder<T>(T x, T y)
        where T : IBinaryInteger<T> => IsMinusOne(y) ? T.Zero : x % y;

    /// <summary>x / y rounded down.</summary>
    public static T IntegerFloorDiv<T>(T x, T y)
        where T : IBinaryInteger<T>
    {
        var quotient = IntegerQuotient(x, y);
        return IntegerRemainder(x, y) != T.Zero && (x < T.Zero) != (y < T.Zero) ? quotient - T.One : quotient;
    }

    /// <summary>The remainder that has y's sign.</summary>
    public static T IntegerFloorMod<T>(T x, T y)
        where T : IBinaryInteger<T> => IsMinusOne(y) ? T.Zero : FloorMod(x, y);

    /// <summary>x to the power y ≥ 0 by squaring, in the type's wrapping arithmetic.</summary>
    public static T IntegerPower<T>(T x, T y)
        where T : IBinaryInteger<T>
    {
        var result = T.One;
        for (; y > T.Zero; y >>= 1)
        {
            if (T.IsOddInteger(y))
            {
                result *= x;
            }

            x *= x;
        }

        return result;
    }

    private static bool IsMinusOne<T>(T y)
        where T : IBinaryInteger<T> => T.IsNegative(y) && y + T.One == T.Zero;
}
