using System.Runtime.Intrinsics;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Tests.Images.Jpeg;

/// <summary>Colour arithmetic: vector forms against the scalar one over every pair of chroma values, and known colours.</summary>
public sealed unsafe class ColourConverterTests
{
    [Fact]
    public void Vector_forms_equal_the_scalar_form_for_every_chroma()
    {
        byte[] luma = new byte[256], cb = new byte[256], cr = new byte[256];
        byte[] expected = new byte[768], actual = new byte[768];
        for (var row = 0; row < 256; row++)
        {
            for (var x = 0; x < 256; x++)
            {
                luma[x] = (byte)((x * 7) + (row * 3));
                cb[x] = (byte)x;
                cr[x] = (byte)row;
            }

            fixed (byte* y = luma, b = cb, r = cr, wanted = expected, got = actual)
            {
                ColourConverter.YccToRgbScalar(y, b, r, wanted, 256);
                ColourConverter.YccToRgb(y, b, r, got, 256);
                Assert.Equal(expected, actual);

                for (var x = 0; x < 256; x += 16)
                {
                    ColourConverter.YccToRgb16Narrow(y + x, b + x, r + x, out var red, out var green, out var blue);
                    for (var lane = 0; lane < Vector128<byte>.Count; lane++)
                    {
                        var pixel = (x + lane) * 3;
                        Assert.Equal((expected[pixel], expected[pixel + 1], expected[pixel + 2]), (red[lane], green[lane], blue[lane]));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 128, 128, 0, 0, 0)]
    [InlineData(255, 128, 128, 255, 255, 255)]
    [InlineData(76, 85, 255, 254, 0, 0)]
    [InlineData(150, 44, 21, 0, 255, 1)]
    [InlineData(29, 255, 107, 0, 0, 254)]
    public void Known_colours(byte y, byte cb, byte cr, byte red, byte green, byte blue)
    {
        var output = stackalloc byte[3];
        ColourConverter.YccToRgbScalar(&y, &cb, &cr, output, 1);
        Assert.Equal((red, green, blue), (output[0], output[1], output[2]));
    }

    [Fact]
    public void Interleaving_keeps_every_sample_at_every_width()
    {
        for (var width = 1; width < 70; width++)
        {
            byte[] red = new byte[width], green = new byte[width], blue = new byte[width], output = new byte[3 * width];
            new Random(width).NextBytes(red);
            new Random(width + 100).NextBytes(green);
            new Random(width + 200).NextBytes(blue);
            fixed (byte* r = red, g = green, b = blue, target = output)
            {
                ColourConverter.Interleave(r, g, b, target, width);
            }

            Assert.Equal(Enumerable.Range(0, width).SelectMany(x => new[] { red[x], green[x], blue[x] }), output);
        }
    }
}
