using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Tests.Preprocessing;

public class PixelFormulaTests
{
    public static TheoryData<PixelScaling, int> Cases()
    {
        var rows = new TheoryData<PixelScaling, int>();
        foreach (var scaling in Enum.GetValues<PixelScaling>().Where(scaling => PixelFormula.Of(scaling) is not null))
        {
            foreach (var pixels in new[] { 1, 5, 11, 16, 37, 100 })
            {
                rows.Add(scaling, pixels);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryVectorForm_EqualsTheScalarForm(PixelScaling scaling, int pixels)
    {
        var random = new Random(pixels);
        var input = new float[pixels * 3];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = (random.NextSingle() * 300) - 20;
        }

        input[0] = -0f;
        var formula = PixelFormula.Of(scaling)!;
        var expected = input.ToArray();
        formula.ApplyScalar(expected, 0);
        Assert.Equal(expected, Run(input, formula.Apply128));
        Assert.Equal(expected, Run(input, formula.Apply256));
        Assert.Equal(expected, Run(input, formula.Apply512));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Planes_GiveTheSameNumbersAsInterleavedPixels(PixelScaling scaling, int pixels)
    {
        var random = new Random(pixels);
        var interleaved = new float[pixels * 3];
        var planes = new float[pixels * 3];
        for (var i = 0; i < interleaved.Length; i++)
        {
            interleaved[i] = planes[(i % 3 * pixels) + (i / 3)] = random.Next(256);
        }

        PixelScaler.Apply(scaling, interleaved);
        PixelScaler.ApplyChannelsFirst(scaling, planes);
        for (var i = 0; i < interleaved.Length; i++)
        {
            Assert.Equal(interleaved[i], planes[(i % 3 * pixels) + (i / 3)]);
        }
    }

    [Fact]
    public void Standardization_GivesMeanZeroAndDeviationOne_AndDoesNotDivideAFlatImageByZero()
    {
        var random = new Random(3);
        var samples = new float[300];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = random.Next(256);
        }

        PixelScaler.Apply(PixelScaling.PerImageStandardization, samples);
        Assert.InRange(samples.Average(), -1e-5, 1e-5);
        Assert.InRange(samples.Average(sample => sample * sample), 1 - 1e-5, 1 + 1e-5);

        var flat = Enumerable.Repeat(7f, 12).ToArray();
        PixelScaler.Apply(PixelScaling.PerImageStandardization, flat);
        Assert.All(flat, sample => Assert.Equal(0f, sample));
    }

    [Fact]
    public void Samples_ThatAreNotWholePixels_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => PixelScaler.Apply(PixelScaling.ZeroOne, new float[4]));
        Assert.Throws<ArgumentException>(() => PixelScaler.ApplyChannelsFirst(PixelScaling.ZeroOne, new float[4]));
        Assert.Throws<ArgumentException>(() => PixelScaler.ToBytesSaturating(new float[4], new byte[3]));
    }

    private static float[] Run(float[] input, Action<Span<float>> form)
    {
        var samples = input.ToArray();
        form(samples);
        return samples;
    }
}
