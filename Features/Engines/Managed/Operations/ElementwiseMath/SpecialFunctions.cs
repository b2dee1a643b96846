namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>The error function, the logarithm of gamma and its derivative in double precision, which .NET does not have.</summary>
internal static class SpecialFunctions
{
    private const double SeriesLimit = 2;

    /// <summary>Lanczos' coefficients for g = 7, n = 9 (P. Godfrey's table); relative error about 1e-15.</summary>
    private static readonly double[] s_lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
        -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>Coefficients of x⁻², x⁻⁴ … in digamma's asymptotic series: −B₂ₙ / 2n.</summary>
    private static readonly double[] s_digamma = [-1.0 / 12, 1.0 / 120, -1.0 / 252, 1.0 / 240, -1.0 / 132, 691.0 / 32760, -1.0 / 12];

    /// <summary>2/√π · ∫₀ˣ e^(−t²) dt.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        return Math.Abs(x) < SeriesLimit ? ErfSeries(x) : Math.Sign(x) * (1 - ErfcFraction(Math.Abs(x)));
    }

    /// <summary>1 − erf(x), without cancellation for large x.</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (Math.Abs(x) < SeriesLimit)
        {
            return 1 - ErfSeries(x);
        }

        return x > 0 ? ErfcFraction(x) : 2 - ErfcFraction(-x);
    }

    /// <summary>ln |Γ(x)|.</summary>
    public static double LogGamma(double x)
    {
        if (x <= 0 && x == Math.Floor(x) || double.IsInfinity(x))
        {
            return double.PositiveInfinity;
        }

        if (x < 0.5)
        {
            return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * x))) - LogGamma(1 - x);
        }

        var shifted = x - 1;
        var sum = s_lanczos[0];
        for (var i = 1; i < s_lanczos.Length; i++)
        {
            sum += s_lanczos[i] / (shifted + i);
        }

        var t = shifted + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((shifted + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>The derivative of ln Γ(x); NaN at the poles below 0, −∞ at 0.</summary>
    public static double Digamma(double x)
    {
        if (x == 0)
        {
            return double.NegativeInfinity;
        }

        if (x < 0)
        {
            return x == Math.Floor(x) ? double.NaN : Digamma(1 - x) - (Math.PI / Math.Tan(Math.PI * x));
        }

        double result = 0;
        while (x < 10)
        {
            result -= 1 / x;
            x++;
        }

        var inverse = 1 / (x * x);
        double tail = 0;
        for (var i = s_digamma.Length - 1; i >= 0; i--)
        {
            tail = (tail + s_digamma[i]) * inverse;
        }

        return result + Math.Log(x) - (0.5 / x) + tail;
    }

    /// <summary>Kummer's form of the series, whose terms all have one sign: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!.</summary>
    private static double ErfSeries(double x)
    {
        var term = x;
        var sum = x;
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>The continued fraction e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), from the inside out.</summary>
    private static double ErfcFraction(double x)
    {
        var denominator = x;
        for (var n = 120; n > 0; n--)
        {
            denominator = x + (n / 2.0 / denominator);
        }

        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / denominator;
    }
}
