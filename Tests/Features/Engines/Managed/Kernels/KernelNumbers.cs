namespace MlTransfer.Features.Tests.Engines.Managed.Kernels;

/// <summary>Numbers for kernels to work on, and the bound their results must keep.</summary>
internal static class KernelNumbers
{
    /// <summary>Numbers in [−1, 1), the same each time.</summary>
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    /// <summary>Checks |got − want| ≤ 2·n·2⁻²⁴·Σ|x·w| element by element.</summary>
    /// <param name="want">Expected.</param>
    /// <param name="got">What came out.</param>
    /// <param name="magnitudes">The same sum over absolute values.</param>
    /// <param name="products">n.</param>
    public static void AssertWithinBound(float[] want, float[] got, float[] magnitudes, int products)
    {
        Assert.Equal(want.Length, got.Length);
        for (var i = 0; i < want.Length; i++)
        {
            var bound = 2.0 * (products + 1) * Math.Pow(2, -24) * magnitudes[i];
            Assert.True(Math.Abs((double)want[i] - got[i]) <= bound, $"element {i}: got {got[i]:R}, wanted {want[i]:R} ± {bound:R}");
        }
    }
}
