using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

/// <summary>The vector forms against the scalar ones, on ordinary blocks, sparse ones and ones that overflow.</summary>
public sealed unsafe class InverseDctTests
{
    private delegate void Transform(short* coefficients, short* multipliers, byte* output, nint stride);

    [Fact]
    public void Fast_vector_form_equals_the_scalar_form() => Compare(FastInverseDct.TransformVector, FastInverseDct.TransformScalar, isFast: true);

    [Fact]
    public void Accurate_vector_form_equals_the_scalar_form() =>
        Compare(AccurateInverseDct.TransformVector, AccurateInverseDct.TransformScalar, isFast: false);

    [Fact]
    public void Accurate_wide_vector_form_equals_the_scalar_form() =>
        Compare(AccurateInverseDct.TransformWideVector, AccurateInverseDct.TransformScalar, isFast: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_with_only_a_DC_coefficient_is_flat(bool isFast)
    {
        var coefficients = stackalloc short[64];
        var multipliers = stackalloc short[64];
        var output = stackalloc byte[64];
        new Span<short>(coefficients, 64).Clear();
        MakeMultipliers(multipliers, Enumerable.Repeat((ushort)8, 64).ToArray(), isFast);
        coefficients[0] = 10;
        (isFast ? (Transform)FastInverseDct.Transform : AccurateInverseDct.Transform)(coefficients, multipliers, output, 8);

        // The DC coefficient is eight times the mean: 10 · 8 / 8 above the middle.
        Assert.All(new Span<byte>(output, 64).ToArray(), sample => Assert.Equal(138, sample));
    }

    [Fact]
    public void Accurate_form_is_within_one_of_the_exact_transform()
    {
        var random = new Random(5);
        var coefficients = stackalloc short[64];
        var multipliers = stackalloc short[64];
        var output = stackalloc byte[64];
        new Span<short>(multipliers, 64).Fill(1);
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 64; i++)
            {
                coefficients[i] = (short)random.Next(-40, 41);
            }

            AccurateInverseDct.Transform(coefficients, multipliers, output, 8);
            for (var i = 0; i < 64; i++)
            {
                var exact = Math.Clamp(Exact(coefficients, i % 8, i / 8) + 128, 0, 255);
                Assert.InRange(output[i], exact - 1.01, exact + 1.01);
            }
        }
    }

    // ITU-T T.81, A.3.3.
    private static double Exact(short* coefficients, int x, int y)
    {
        double sum = 0;
        for (var v = 0; v < 8; v++)
        {
            for (var u = 0; u < 8; u++)
            {
                var scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1);
                sum += scale * coefficients[(v * 8) + u] * Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * Math.Cos(((2 * y) + 1) * v * Math.PI / 16);
            }
        }

        return sum / 4;
    }

    private static void Compare(Transform vector, Transform scalar, bool isFast)
    {
        const int Stride = 24;
        var random = new Random(11);
        var coefficients = stackalloc short[64];
        var multipliers = stackalloc short[64];
        var quantTable = new ushort[64];
        var expected = new byte[8 * Stride];
        var actual = new byte[8 * Stride];
        for (var round = 0; round < 4000; round++)
        {
            var range = (round % 4) switch { 0 => 4, 1 => 60, 2 => 1500, _ => 32767 };
            var last = (round % 7) switch { 0 => 1, 1 => 8, 2 => 12, _ => 64 };
            for (var i = 0; i < 64; i++)
            {
                quantTable[i] = (ushort)random.Next(1, round % 5 == 0 ? 65536 : 120);
                coefficients[i] = (short)(i < last ? random.Next(-range, range + 1) : 0);
            }

            MakeMultipliers(multipliers, quantTable, isFast);
            fixed (byte* wanted = expected, got = actual)
            {
                scalar(coefficients, multipliers, wanted, Stride);
                vector(coefficients, multipliers, got, Stride);
            }

            Assert.Equal(expected, actual);
        }
    }

    private static void MakeMultipliers(short* multipliers, ushort[] quantTable, bool isFast)
    {
        if (isFast)
        {
            FastInverseDct.MakeMultipliers(quantTable, multipliers);
            return;
        }

        for (var i = 0; i < 64; i++)
        {
            multipliers[i] = (short)quantTable[i];
        }
    }
}
