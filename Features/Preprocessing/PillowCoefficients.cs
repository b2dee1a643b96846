namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// The fixed-point weights of one axis: for each output position the first input position, how many, and a weight for each.
/// Arithmetic of Pillow's precompute_coeffs and normalize_coeffs_8bpc (src/libImaging/Resample.c): float64, rounded to 22 fraction bits.
/// </summary>
internal sealed class PillowCoefficients
{
    /// <summary>Fraction bits of a weight: 32 minus 8 bits of sample minus 2 of headroom for overshooting filters.</summary>
    public const int PrecisionBits = 22;

    private PillowCoefficients(int outputSize, int maxTaps)
    {
        First = new int[outputSize];
        Count = new int[outputSize];
        Weights = new int[(long)outputSize * maxTaps];
        MaxTaps = maxTaps;
    }

    /// <summary>First input position of each output position.</summary>
    public int[] First { get; }

    /// <summary>Number of input positions of each output position.</summary>
    public int[] Count { get; }

    /// <summary>Weights: <see cref="MaxTaps"/> places for each output position.</summary>
    public int[] Weights { get; }

    /// <summary>Places for weights at each output position.</summary>
    public int MaxTaps { get; }

    /// <summary>The weights of one output position.</summary>
    public ReadOnlySpan<int> WeightsOf(int output) => Weights.AsSpan(output * MaxTaps, Count[output]);

    /// <summary>Computes the weights for resizing [from, to) of an axis of <paramref name="inputSize"/> to <paramref name="outputSize"/>.</summary>
    public static PillowCoefficients Compute(int inputSize, float from, float to, int outputSize, PillowFilter filter)
    {
        // The extent is a float32 difference in Pillow.
        var scale = (double)(to - from) / outputSize;
        var filterScale = Math.Max(scale, 1.0);
        var support = RadiusOf(filter) * filterScale;
        var maxTaps = ((int)Math.Ceiling(support) * 2) + 1;
        var result = new PillowCoefficients(outputSize, Math.Min(maxTaps, inputSize));
        var exact = new double[maxTaps];
        for (var i = 0; i < outputSize; i++)
        {
            var centre = from + ((i + 0.5) * scale);
            var inverse = 1.0 / filterScale;
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var count = Math.Min((int)(centre + support + 0.5), inputSize) - first;
            var sum = 0.0;
            for (var k = 0; k < count; k++)
            {
                exact[k] = Weight(filter, (k + first - centre + 0.5) * inverse);
                sum += exact[k];
            }

            result.First[i] = first;
            result.Count[i] = count;
            for (var k = 0; k < count; k++)
            {
                var weight = sum != 0.0 ? exact[k] / sum : exact[k];
                result.Weights[(i * result.MaxTaps) + k] = (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << PrecisionBits)));
            }
        }

        return result;
    }

    private static double RadiusOf(PillowFilter filter) => filter switch
    {
        PillowFilter.Box => 0.5,
        PillowFilter.Bilinear or PillowFilter.Hamming => 1.0,
        PillowFilter.Bicubic => 2.0,
        PillowFilter.Lanczos => 3.0,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "The filter has no weights."),
    };

    private static double Weight(PillowFilter filter, double x) => filter switch
    {
        PillowFilter.Box => x is > -0.5 and <= 0.5 ? 1.0 : 0.0,
        PillowFilter.Bilinear => Math.Max(1.0 - Math.Abs(x), 0.0),
        PillowFilter.Hamming => Hamming(Math.Abs(x)),
        PillowFilter.Bicubic => Bicubic(Math.Abs(x)),
        _ => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3) : 0.0,
    };

    private static double Hamming(double x)
    {
        if (x == 0.0)
        {
            return 1.0;
        }

        if (x >= 1.0)
        {
            return 0.0;
        }

        x *= Math.PI;
        return Math.Sin(x) / x * (0.54f + (0.46f * Math.Cos(x)));
    }

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        return x < 1.0 ? ((((a + 2.0) * x) - (a + 3.0)) * x * x) + 1
            : x < 2.0 ? ((((x - 5) * x) + 8) * x - 4) * a
            : 0.0;
    }

    private static double Sinc(double x)
    {
        if (x == 0.0)
        {
            return 1.0;
        }

        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
