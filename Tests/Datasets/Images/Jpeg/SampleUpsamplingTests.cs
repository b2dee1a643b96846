using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

/// <summary>The vector forms against the scalar ones at every width around the vectors' sizes.</summary>
public sealed unsafe class SampleUpsamplingTests
{
    private const int Slack = 64;

    public static TheoryData<int> Widths => new(Enumerable.Range(2, 70).Append(300));

    [Theory]
    [MemberData(nameof(Widths))]
    public void Widening_equals_the_scalar_form(int width)
    {
        byte[] input = Noise(width, 1), expected = new byte[(2 * width) + Slack], actual = new byte[(2 * width) + Slack];
        fixed (byte* source = input, wanted = expected, got = actual)
        {
            SampleUpsampling.WidenSmoothlyScalar(source, wanted, width, 0, width);
            SampleUpsampling.WidenSmoothly(source, got, width);
        }

        Assert.Equal(expected[..(2 * width)], actual[..(2 * width)]);
        Assert.Equal(input[0], actual[0]);
        Assert.Equal(input[width - 1], actual[(2 * width) - 1]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Blending_equals_the_scalar_form(int width)
    {
        byte[] near = Noise(width, 2), far = Noise(width, 3), expected = new byte[width + Slack], actual = new byte[width + Slack];
        for (var bias = 1; bias <= 2; bias++)
        {
            fixed (byte* first = near, second = far, wanted = expected, got = actual)
            {
                SampleUpsampling.BlendScalar(first, second, wanted, 0, width, bias);
                SampleUpsampling.Blend(first, second, got, width, bias);
            }

            Assert.Equal(expected[..width], actual[..width]);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Blending_and_widening_equals_the_scalar_form(int width)
    {
        byte[] near = Noise(width, 4), far = Noise(width, 5), expected = new byte[(2 * width) + Slack], actual = new byte[(2 * width) + Slack];
        var room = new short[width + Slack];
        fixed (byte* first = near, second = far, wanted = expected, got = actual)
        {
            fixed (short* sums = room)
            {
                SampleUpsampling.BlendAndWidenScalar(first, second, wanted, width);
                SampleUpsampling.BlendAndWiden(first, second, got, width, sums);
            }
        }

        Assert.Equal(expected[..(2 * width)], actual[..(2 * width)]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Repeating_repeats_each_sample(int width)
    {
        var input = Noise(width, 6);
        var actual = new byte[width + Slack];
        for (var factor = 2; factor <= 4; factor++)
        {
            fixed (byte* source = input, got = actual)
            {
                SampleUpsampling.Repeat(source, got, width, factor);
            }

            Assert.Equal(Enumerable.Range(0, width).Select(x => input[x / factor]), actual[..width]);
        }
    }

    private static byte[] Noise(int width, int seed)
    {
        var samples = new byte[width + Slack];
        new Random((seed * 1000) + width).NextBytes(samples);
        return samples;
    }
}
