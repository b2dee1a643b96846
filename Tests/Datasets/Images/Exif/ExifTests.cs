using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Exif;
using MlTransfer.Datasets.Images.Png;
using MlTransfer.Datasets.Tests.Images.Png;

namespace MlTransfer.Datasets.Tests.Images.Exif;

public class ExifTests
{
    public static TheoryData<int> Orientations() => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Orientations))]
    public void Orientation_IsReadInBothByteOrders(int orientation)
    {
        byte[] little = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0];
        byte[] big = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
        Assert.Equal((ExifOrientation)orientation, ExifReader.OrientationOf(little));
        Assert.Equal((ExifOrientation)orientation, ExifReader.OrientationOf(big));
        Assert.Equal((ExifOrientation)orientation, ExifReader.OrientationOf([.. "Exif\0\0"u8, .. big]));
    }

    [Fact]
    public void BrokenData_CountAsUpright()
    {
        byte[] good = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];
        for (var length = 0; length < good.Length; length++)
        {
            Assert.Equal(ExifOrientation.Upright, ExifReader.OrientationOf(good.AsSpan(0, length)));
        }

        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var mutant = good.ToArray();
            mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            Assert.InRange((int)ExifReader.OrientationOf(mutant), 1, 8);
        }
    }

    [Theory]
    [InlineData(1, "abc def")]
    [InlineData(2, "cba fed")]
    [InlineData(3, "fed cba")]
    [InlineData(4, "def abc")]
    [InlineData(5, "ad be cf")]
    [InlineData(6, "da eb fc")]
    [InlineData(7, "fc eb da")]
    [InlineData(8, "cf be ad")]
    public void Transform_TurnsAPictureOfTwoRows(int orientation, string expected)
    {
        foreach (var channels in new[] { 1, 3 })
        {
            var image = new ImageBuffer(3, 2, channels, "abcdef".SelectMany(letter => Enumerable.Repeat((byte)letter, channels)).ToArray());
            var upright = OrientationTransform.Apply(image, (ExifOrientation)orientation);
            var rows = expected.Split(' ');
            Assert.Equal((rows[0].Length, rows.Length, channels), (upright.Width, upright.Height, upright.Channels));
            Assert.Equal(string.Concat(rows).SelectMany(letter => Enumerable.Repeat((byte)letter, channels)), upright.Samples);
        }
    }

    [Fact]
    public void PngPhoto_IsTurnedOnlyWhenAsked()
    {
        byte[] exif = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];
        var file = new PngBuilder().Header(2, 1, 8, 0).Chunk("eXIf", exif).Data(0, 1, 2).End();
        Assert.Equal((2, 1), (PhotoReader.Read(file).Width, PhotoReader.Read(file).Height));
        var turned = PhotoReader.Read(file, new PhotoReadOptions { ApplyExifOrientation = true });
        Assert.Equal((1, 2), (turned.Width, turned.Height));
        Assert.Equal(PngPixels.Read(PngFile.Read(file)).To8Bit(3), turned.Samples);
    }
}
