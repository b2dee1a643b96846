using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Tests.Preprocessing;

public class ImagePreprocessingTests
{
    [Fact]
    public void Id_ReadsBackToTheSamePreprocessing_ForEveryChoice()
    {
        foreach (var resize in Enum.GetValues<ResizeMethod>())
        {
            foreach (var scaling in Enum.GetValues<PixelScaling>())
            {
                var preprocessing = new ImagePreprocessing
                {
                    Width = 224,
                    Height = 192,
                    Resize = resize,
                    Scaling = scaling,
                    Dct = (JpegDct)((int)scaling % 2),
                    ApplyExifOrientation = (int)resize % 2 == 1,
                };
                Assert.Equal(preprocessing, ImagePreprocessing.Parse(preprocessing.Id));
            }
        }
    }

    [Fact]
    public void Id_IsTheTextThatCachesWereWrittenWith()
    {
        Assert.Equal("rgb;tf-legacy-bilinear;299x299;inception;jpeg-dct-fast;exif-ignored", new ImagePreprocessing().Id);
        var other = new ImagePreprocessing
        {
            Width = 160,
            Height = 128,
            Resize = ResizeMethod.PillowLanczos,
            Scaling = PixelScaling.ZeroOne,
            Dct = JpegDct.Accurate,
            ApplyExifOrientation = true,
        };
        Assert.Equal("rgb;pillow-lanczos;160x128;zero-one;jpeg-dct-accurate;exif-applied", other.Id);
        Assert.Equal(new ImagePreprocessing { Scaling = PixelScaling.ZeroOne }, ImagePreprocessing.Parse("rgb;tf-legacy-bilinear;299x299;zero-one"));
    }

    [Theory]
    [InlineData("rgb;tf-legacy-bilinear;299x299", "3 parts")]
    [InlineData("bgr;tf-legacy-bilinear;299x299;none", "'bgr'")]
    [InlineData("rgb;tf-legacy;299x299;none", "tf-half-pixel-bilinear")]
    [InlineData("rgb;tf-legacy-bilinear;299;none", "WIDTHxHEIGHT")]
    [InlineData("rgb;tf-legacy-bilinear;0x299;none", "from 1 to")]
    [InlineData("rgb;tf-legacy-bilinear;299x99999;none", "from 1 to")]
    [InlineData("rgb;tf-legacy-bilinear;299x299;tf", "inception")]
    [InlineData("rgb;tf-legacy-bilinear;299x299;none;slow", "jpeg-dct-fast")]
    [InlineData("rgb;tf-legacy-bilinear;299x299;none;jpeg-dct-fast;yes", "exif-applied")]
    public void Parse_OfSomethingElse_SaysWhatIsWrong(string id, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => ImagePreprocessing.Parse(id)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sizes_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePreprocessing { Width = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImagePreprocessing { Height = 1 << 20 });
    }

    [Fact]
    public void Apply_EqualsResizingThenScaling_AndDoesNotDependOnEarlierCalls()
    {
        var image = TestImages.Noise(37, 23, 3, 1);
        var other = TestImages.Noise(90, 51, 3, 2);
        foreach (var resize in Enum.GetValues<ResizeMethod>())
        {
            foreach (var scaling in Enum.GetValues<PixelScaling>())
            {
                var preprocessing = new ImagePreprocessing { Width = 31, Height = 29, Resize = resize, Scaling = scaling };
                var expected = new float[preprocessing.OutputLength];
                ImageResizer.Resize(image, 31, 29, resize, expected);
                PixelScaler.Apply(scaling, expected);
                var actual = new float[preprocessing.OutputLength];
                preprocessing.Apply(other, actual);
                preprocessing.Apply(image, actual);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Apply_RefusesWhatDoesNotFit()
    {
        var preprocessing = new ImagePreprocessing { Width = 4, Height = 4 };
        Assert.Throws<ArgumentException>(() => preprocessing.Apply(TestImages.Noise(5, 5, 1, 1), new float[48]));
        Assert.Throws<ArgumentException>(() => preprocessing.Apply(TestImages.Noise(5, 5, 3, 1), new float[47]));
    }
}
