using System.Text;
using MlTransfer.Datasets.Images;

namespace MlTransfer.Datasets.Tests.Images;

public class ImageFormatsTests
{
    [Theory]
    [InlineData(ImageFormat.Jpeg, "FFD8FFE0")]
    [InlineData(ImageFormat.Png, "89504E470D0A1A0A")]
    [InlineData(ImageFormat.Gif, "474946383961")]
    [InlineData(ImageFormat.Bmp, "424D0000")]
    [InlineData(ImageFormat.WebP, "52494646100000005745425056503820")]
    [InlineData(ImageFormat.Tiff, "49492A0008000000")]
    [InlineData(ImageFormat.Tiff, "4D4D002A00000008")]
    [InlineData(ImageFormat.Heic, "00000018667479706865696300000000")]
    [InlineData(ImageFormat.Avif, "00000018667479706176696600000000")]
    [InlineData(ImageFormat.JpegXl, "FF0A0000")]
    [InlineData(ImageFormat.Jpeg2000, "0000000C6A5020200D0A870A")]
    [InlineData(ImageFormat.Photoshop, "3842505300010000")]
    [InlineData(ImageFormat.Icon, "000001000100")]
    [InlineData(ImageFormat.Netpbm, "50360A33")]
    [InlineData(ImageFormat.Pdf, "255044462D312E37")]
    [InlineData(ImageFormat.Svg, "3C737667")]
    [InlineData(ImageFormat.Unknown, "FFD8")]
    [InlineData(ImageFormat.Unknown, "")]
    public void Format_IsToldByContent(ImageFormat format, string hex)
    {
        var file = Convert.FromHexString(hex);
        Assert.Equal(format, ImageFormats.Detect(file));
        if (format > ImageFormat.Gif)
        {
            Assert.Contains(ImageFormats.NameOf(format), Assert.Throws<ImageFormatException>(() => PhotoReader.Read(file)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WhatIsNoImage_IsRefusedWithWhatItBeginsWith()
    {
        Assert.Contains("empty", Assert.Throws<ImageFormatException>(() => PhotoReader.Read([])).Message, StringComparison.Ordinal);
        var text = Assert.Throws<ImageFormatException>(() => PhotoReader.Read(Encoding.ASCII.GetBytes("path,label\n"))).Message;
        Assert.Contains("706174682C6C6162", text, StringComparison.Ordinal);
    }
}
