using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Png;

namespace MlTransfer.Datasets.Tests.Images.Png;

public class PngTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Encoder_WritesWhatTheDecoderReads(int channels)
    {
        foreach (var (width, height) in new[] { (1, 1), (5, 3), (64, 40) })
        {
            var image = Picture(width, height, channels);
            var decoded = TensorFlowImageDecoder.DecodePng(PngEncoder.Encode(image));
            Assert.Equal([height, width, channels], decoded.Shape);
            Assert.Equal(image.Samples, decoded.Elements);
        }
    }

    [Fact]
    public void Crc_OfTheStandardTestString()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        Assert.Equal(0xAE426082u, Crc32.Of("IEND"u8));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void VectorFilters_EqualTheScalarOnes(int pixelBytes)
    {
        var random = new Random(pixelBytes);
        for (var pixels = 3; pixels < 90; pixels++)
        {
            var row = new byte[pixels * pixelBytes];
            var above = new byte[row.Length];
            random.NextBytes(row);
            random.NextBytes(above);
            var expected = row.ToArray();
            PngFilters.PaethScalar(expected, above, pixelBytes);
            var actual = row.ToArray();
            PngFilters.PaethPixels128(actual, above, pixelBytes);
            Assert.Equal(expected, actual);

            expected = row.ToArray();
            PngFilters.UpScalar(expected, above, 0);
            actual = row.ToArray();
            PngFilters.Up(actual, above);
            Assert.Equal(expected, actual);
        }
    }

    [Theory]
    [InlineData(0, new byte[] { 10, 20, 30, 40, 50, 60 })]
    [InlineData(1, new byte[] { 10, 20, 30, 50, 70, 90 })]
    [InlineData(2, new byte[] { 11, 22, 33, 44, 55, 66 })]
    [InlineData(3, new byte[] { 10, 21, 31, 47, 63, 78 })]
    [InlineData(4, new byte[] { 11, 22, 33, 51, 72, 93 })]
    public void Filter_IsUndone(int filter, byte[] expected)
    {
        byte[] row = [10, 20, 30, 40, 50, 60];
        PngFilters.Undo(filter, row, [1, 2, 3, 4, 5, 6], 3);
        Assert.Equal(expected, row);
    }

    [Fact]
    public void Adam7_GivesThePicture_AsWithoutInterlace()
    {
        byte[] rows = [0, 1, /* pass 1 */ 0, 3, /* pass 4 */ 0, 7, 9, /* pass 5 */ 0, 2, 0, 8, /* pass 6 */ 0, 4, 5, 6 /* pass 7 */];
        var file = new PngBuilder().Header(3, 3, 8, 0, 1).Data(rows).End();
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, TensorFlowImageDecoder.DecodePng(file).Elements);
    }

    [Fact]
    public void PaletteIndexBehindTheLastColour_IsBlack()
    {
        var file = new PngBuilder().Header(4, 1, 8, 3).Chunk("PLTE", 10, 20, 30, 40, 50, 60).Data(0, 0, 1, 2, 255).End();
        Assert.Equal(new byte[] { 10, 20, 30, 40, 50, 60, 0, 0, 0, 0, 0, 0 }, PhotoReader.Read(file).Samples);
    }

    [Fact]
    public void DataThatEndBeforeTheChecksum_AreRefused()
    {
        var compressed = PngBuilder.Compress([0, 1, 2, 3]);
        var file = new PngBuilder().Header(3, 1, 8, 0).Chunk("IDAT", compressed).End();
        Assert.Equal(new byte[] { 1, 2, 3 }, TensorFlowImageDecoder.DecodePng(file).Elements);
        compressed[^1] ^= 1;
        Refused("damaged", new PngBuilder().Header(3, 1, 8, 0).Chunk("IDAT", compressed).End());
    }

    [Fact]
    public void BrokenFiles_AreRefusedWithTheReason()
    {
        byte[] row = [0, 1, 2, 3];
        var palette = new byte[] { 1, 2, 3 };
        Refused("IEND", new PngBuilder().Header(3, 1, 8, 0).Data(row).Unended());
        Refused("IHDR", new PngBuilder().Data(row).End());
        Refused("second IHDR", new PngBuilder().Header(3, 1, 8, 0).Header(3, 1, 8, 0).Data(row).End());
        Refused("no IDAT", new PngBuilder().Header(3, 1, 8, 0).End());
        Refused("0 x 1", new PngBuilder().Header(0, 1, 8, 0).Data(row).End());
        Refused("1000001", new PngBuilder().Header(1_000_001, 1, 8, 0).Data(row).End());
        Refused("colour type 5", new PngBuilder().Header(3, 1, 8, 5).Data(row).End());
        Refused("4 bits", new PngBuilder().Header(3, 1, 4, 2).Data(row).End());
        Refused("interlace 2", new PngBuilder().Header(3, 1, 8, 0, 2).Data(row).End());
        Refused("filter 5", new PngBuilder().Header(3, 1, 8, 0).Data(5, 1, 2, 3).End());
        Refused("row 0", new PngBuilder().Header(3, 1, 8, 0).Data(0, 1, 2).End());
        Refused("critical", new PngBuilder().Header(3, 1, 8, 0).Chunk("QuAD").Data(row).End());
        Refused("PLTE", new PngBuilder().Header(3, 1, 8, 3).Data(row).End());
        Refused("PLTE has 4 bytes", new PngBuilder().Header(3, 1, 8, 3).Chunk("PLTE", 1, 2, 3, 4).Data(row).End());
        Refused("second PLTE", new PngBuilder().Header(3, 1, 8, 3).Chunk("PLTE", palette).Chunk("PLTE", palette).Data(row).End());
        Refused("cannot hold", new PngBuilder().Header(10_000, 10_000, 8, 2).Data(row).End());
        Refused("shrink", new PngBuilder().Header(20_000, 20_000, 8, 2).Data(row).End());

        var damaged = new PngBuilder().Header(3, 1, 8, 0).Data(row).End();
        damaged[45] ^= 4;
        Refused("checksum", damaged);
    }

    [Fact]
    public void FaultsOfAncillaryChunks_AreIgnored()
    {
        var file = new PngBuilder().Header(3, 1, 8, 0).Chunk("tRNS", 1, 2, 3, 4).Chunk("gAMA", 1).Chunk("abCd", 9).Data(0, 1, 2, 3).End();
        Assert.Equal(new byte[] { 1, 2, 3 }, TensorFlowImageDecoder.DecodePng(file, 1).Elements);
        Assert.Equal(new byte[] { 1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255 }, TensorFlowImageDecoder.DecodePng(file, 4).Elements);
    }

    [Fact]
    public void SixteenBitGrayPhoto_KeepsTheHighByte_OrIsClippedAsInPillow()
    {
        var file = new PngBuilder().Header(2, 1, 16, 0).Data(0, 0, 200, 130, 7).End();
        Assert.Equal(new byte[] { 0, 0, 0, 130, 130, 130 }, PhotoReader.Read(file).Samples);
        var pillow = PhotoReader.Read(file, new PhotoReadOptions { Dct = MlTransfer.Datasets.Images.Jpeg.JpegDct.Accurate });
        Assert.Equal(new byte[] { 200, 200, 200, 255, 255, 255 }, pillow.Samples);
    }

    [Fact]
    public void SixteenBitAndFloatResults_AreScaledAsInTensorFlow()
    {
        var file = new PngBuilder().Header(2, 1, 8, 0).Data(0, 3, 255).End();
        Assert.Equal(new ushort[] { 771, 65535 }, TensorFlowImageDecoder.DecodePng(file, 0, ImageElementType.UInt16).Elements);
        var floats = TensorFlowImageDecoder.DecodeImage(file, 0, ImageElementType.Float32);
        Assert.Equal(ImageElementType.Float32, floats.ElementType);
        Assert.Equal(new[] { 771 * (1f / 65535f), 65535 * (1f / 65535f) }, floats.Elements);
    }

    private static void Refused(string reason, byte[] file) =>
        Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => PhotoReader.Read(file)).Message, StringComparison.Ordinal);

    private static ImageBuffer Picture(int width, int height, int channels)
    {
        var samples = new byte[width * height * channels];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (byte)((i * 7) + (i / 50 * 3) + (i * i % 11));
        }

        return new ImageBuffer(width, height, channels, samples);
    }
}
