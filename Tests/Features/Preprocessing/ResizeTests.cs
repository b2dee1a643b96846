using MlTransfer.Datasets.Images;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Tests.Preprocessing;

public class ResizeTests
{
    public static TheoryData<ResizeMethod> Methods() => [.. Enum.GetValues<ResizeMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void ResizingToTheSameSize_ChangesNothing(ResizeMethod method)
    {
        foreach (var (width, height) in new[] { (1, 1), (7, 3), (64, 33) })
        {
            var image = TestImages.Noise(width, height, 3, width);
            var result = new float[image.Samples.Length];
            ImageResizer.Resize(image, width, height, method, result);
            Assert.Equal(Array.ConvertAll(image.Samples, sample => (float)sample), result);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void AFlatImage_StaysFlat(ResizeMethod method)
    {
        var image = new ImageBuffer(13, 9, 3, Enumerable.Repeat((byte)201, 13 * 9 * 3).ToArray());
        foreach (var (width, height) in new[] { (1, 1), (30, 40), (5, 2), (13, 20) })
        {
            var result = new float[width * height * 3];
            ImageResizer.Resize(image, width, height, method, result);
            Assert.All(result, sample => Assert.Equal(201f, sample));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Results_StayWithinZeroTo255(ResizeMethod method)
    {
        var image = TestImages.Noise(50, 40, 3, 5);
        var result = new float[71 * 17 * 3];
        ImageResizer.Resize(image, 71, 17, method, result);
        Assert.All(result, sample => Assert.InRange(sample, 0f, 255f));
    }

    [Theory]
    [InlineData(CoordinateMode.Legacy)]
    [InlineData(CoordinateMode.HalfPixel)]
    [InlineData(CoordinateMode.AlignCorners)]
    public void Bilinear_OfRgbBytes_EqualsTheOpOnAnyElementType(CoordinateMode mode)
    {
        foreach (var (width, height, outWidth, outHeight) in new[] { (1, 1, 4, 5), (5, 3, 9, 8), (61, 47, 32, 33), (40, 30, 99, 3), (3, 99, 2, 50) })
        {
            var bytes = TestImages.Noise(width, height, 3, width).Samples;
            var fromBytes = new float[outWidth * outHeight * 3];
            TensorFlowBilinear.Resize<byte>(bytes, height, width, 3, fromBytes, outHeight, outWidth, mode);
            Assert.Equal(Plain(bytes, height, width, outHeight, outWidth, mode), fromBytes);
            Assert.Equal(fromBytes, Generic(bytes, sample => (float)sample));
            Assert.Equal(fromBytes, Generic(bytes, sample => (double)sample));
            Assert.Equal(fromBytes, Generic(bytes, sample => (long)sample));
            Assert.Equal(fromBytes, Generic(bytes, sample => (Half)sample));

            float[] Generic<T>(byte[] source, Func<byte, T> convert)
                where T : unmanaged, System.Numerics.INumberBase<T>
            {
                var result = new float[outWidth * outHeight * 3];
                TensorFlowBilinear.Resize<T>(source.Select(convert).ToArray(), height, width, 3, result, outHeight, outWidth, mode);
                return result;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(19)]
    public void Bilinear_TreatsEachChannelAlone(int channels)
    {
        var samples = TestImages.Noise(11 * channels, 8, 1, channels).Samples;
        var together = new float[6 * 13 * channels];
        TensorFlowBilinear.Resize<byte>(samples, 8, 11, channels, together, 6, 13, CoordinateMode.HalfPixel);
        for (var channel = 0; channel < channels; channel++)
        {
            var alone = new float[6 * 13];
            TensorFlowBilinear.Resize<byte>(
                Enumerable.Range(0, 88).Select(i => samples[(i * channels) + channel]).ToArray(), 8, 11, 1, alone, 6, 13, CoordinateMode.HalfPixel);
            Assert.Equal(alone, Enumerable.Range(0, 78).Select(i => together[(i * channels) + channel]));
        }
    }

    [Fact]
    public void BlendForms_Agree()
    {
        var random = new Random(7);
        for (var length = 0; length < 70; length++)
        {
            var lower = Enumerable.Range(0, length).Select(_ => random.NextSingle() * 255).ToArray();
            var upper = Enumerable.Range(0, length).Select(_ => random.NextSingle() * 255).ToArray();
            var expected = new float[length];
            BilinearRows.BlendScalar(lower, upper, 0.3f, expected, 0);
            var actual = new float[length];
            BilinearRows.Blend128(lower, upper, 0.3f, actual);
            Assert.Equal(expected, actual);
            Array.Clear(actual);
            BilinearRows.Blend256(lower, upper, 0.3f, actual);
            Assert.Equal(expected, actual);
            Array.Clear(actual);
            BilinearRows.Blend512(lower, upper, 0.3f, actual);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData(PillowFilter.Box)]
    [InlineData(PillowFilter.Bilinear)]
    [InlineData(PillowFilter.Lanczos)]
    public void PillowRowForms_Agree(PillowFilter filter)
    {
        foreach (var (inputSize, outputSize) in new[] { (1, 7), (9, 4), (100, 33), (20, 61) })
        {
            var columns = PillowCoefficients.Compute(inputSize, 0, inputSize, outputSize, filter);
            var row = TestImages.Noise(inputSize, 1, 3, inputSize).Samples;
            var expected = new byte[outputSize * 3];
            PillowRows.HorizontalScalar(row, 3, columns, 0, expected);
            var actual = new byte[outputSize * 3];
            PillowRows.HorizontalScalar(row, 3, columns, PillowRows.HorizontalRgb128(row, columns, actual), actual);
            Assert.Equal(expected, actual);

            var rows = TestImages.Noise(53, inputSize, 1, 4).Samples;
            for (var y = 0; y < outputSize; y++)
            {
                var from = rows.AsSpan(columns.First[y] * 53);
                var vertical = new byte[53];
                PillowRows.VerticalScalar(from, 53, columns.WeightsOf(y), 0, vertical);
                var other = new byte[53];
                PillowRows.VerticalScalar(from, 53, columns.WeightsOf(y), PillowRows.Vertical128(from, 53, columns.WeightsOf(y), other), other);
                Assert.Equal(vertical, other);
                Array.Clear(other);
                PillowRows.VerticalScalar(from, 53, columns.WeightsOf(y), PillowRows.Vertical256(from, 53, columns.WeightsOf(y), other), other);
                Assert.Equal(vertical, other);
            }
        }
    }

    [Fact]
    public void Pillow_RefusesABoxOutsideThePicture()
    {
        var image = TestImages.Noise(10, 8, 3, 1);
        foreach (var box in new ResizeBox[] { new(-1, 0, 5, 5), new(0, 0, 10.5f, 5), new(3, 3, 3, 5), new(0, 5, 5, 4), new(float.NaN, 0, 5, 5) })
        {
            Assert.Throws<ArgumentException>(() => PillowResizer.Resize(image, 4, 4, PillowFilter.Bilinear, box));
        }
    }

    [Fact]
    public void CentredBox_HasTheAspectOfTheTarget()
    {
        Assert.Equal(new ResizeBox(5, 0, 15, 10), ResizeBox.CentredWithAspectOf(20, 10, 7, 7));
        Assert.Equal(new ResizeBox(0, 3, 10, 8), ResizeBox.CentredWithAspectOf(10, 12, 20, 10));
    }

    [Fact]
    public void Names_ReadBack_AndAnUnknownOneListsThem()
    {
        foreach (var method in Enum.GetValues<ResizeMethod>())
        {
            Assert.Equal(method, ResizeMethods.Parse(ResizeMethods.NameOf(method)));
        }

        Assert.Equal(ResizeMethod.TensorFlowLegacyBilinear, ResizeMethods.Parse(ResizeMethods.Names[0]));
        Assert.False(ResizeMethods.TryParse("bilinear", out _));
        Assert.Contains("pillow-nearest", Assert.Throws<FormatException>(() => ResizeMethods.Parse("bilinear")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ResizeMethods.NameOf((ResizeMethod)99));
    }

    /// <summary>The definition, written out pixel by pixel.</summary>
    private static float[] Plain(byte[] source, int height, int width, int outHeight, int outWidth, CoordinateMode mode)
    {
        using var columns = new BilinearAxis(width, outWidth, 1, mode);
        using var rows = new BilinearAxis(height, outHeight, 1, mode);
        var result = new float[outHeight * outWidth * 3];
        for (var y = 0; y < outHeight; y++)
        {
            for (var x = 0; x < outWidth; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var top = At(rows.Lower[y], columns.Lower[x]) + ((At(rows.Lower[y], columns.Upper[x]) - At(rows.Lower[y], columns.Lower[x])) * columns.Weight[x]);
                    var bottom = At(rows.Upper[y], columns.Lower[x]) + ((At(rows.Upper[y], columns.Upper[x]) - At(rows.Upper[y], columns.Lower[x])) * columns.Weight[x]);
                    result[(((y * outWidth) + x) * 3) + c] = top + ((bottom - top) * rows.Weight[y]);

                    float At(int row, int column) => source[(((row * width) + column) * 3) + c];
                }
            }
        }

        return result;
    }
}
