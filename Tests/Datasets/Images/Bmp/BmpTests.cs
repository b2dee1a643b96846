using MlTransfer.Datasets.Images;

namespace MlTransfer.Datasets.Tests.Images.Bmp;

public class BmpTests
{
    private static readonly byte[] Colours = [0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90];

    [Fact]
    public void OneAndFourBits_ArePaletteIndices_LowerRowFirst()
    {
        var one = BmpBuilder.Windows(3, 2, 1, 0, BmpBuilder.Palette(Colours[..6]), [0b0100_0000, 0, 0, 0, 0b1010_0000, 0, 0, 0], 2);
        Assert.Equal(Expected(1, 0, 1, 0, 1, 0), PhotoReader.Read(one).Samples);
        var four = BmpBuilder.Windows(3, -2, 4, 0, BmpBuilder.Palette(Colours), [0x12, 0x30, 0, 0, 0x32, 0x10, 0, 0], 4);
        Assert.Equal(Expected(1, 2, 3, 3, 2, 1), PhotoReader.Read(four).Samples);
        var core = BmpBuilder.Core(2, 1, 4, [0, 0, 0, 30, 20, 10], [0x10, 0, 0, 0]);
        core = [.. core[..10], 80, 0, 0, 0, .. core[14..32], .. new byte[48], .. core[32..]];
        Assert.Equal(Expected(1, 0), PhotoReader.Read(core).Samples);
    }

    [Fact]
    public void SixteenBits_AreFiveFiveFive_OrAsMasksSay()
    {
        byte[] pixels = [0x1F, 0x7C, 0xE0, 0x03];
        Assert.Equal(new byte[] { 255, 0, 255, 0, 255, 0 }, PhotoReader.Read(BmpBuilder.Windows(2, 1, 16, 0, [], pixels)).Samples);
        byte[] masks = [0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0];
        var masked = PhotoReader.Read(BmpBuilder.Windows(2, 1, 16, 3, masks, pixels)).Samples;
        Assert.Equal(new byte[] { 15 * 255 / 31, 32 * 255 / 63, 255, 0, 31 * 255 / 63, 0 }, masked);
    }

    [Fact]
    public void ThirtyTwoBits_FollowTheirMasks_AndAlphaIsDropped()
    {
        byte[] pixels = [1, 2, 3, 4];
        Assert.Equal(new byte[] { 3, 2, 1 }, PhotoReader.Read(BmpBuilder.Windows(1, 1, 32, 0, [], pixels)).Samples);
        byte[] masks = [0xFF, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0xFF, 0];
        Assert.Equal(new byte[] { 1, 2, 3 }, PhotoReader.Read(BmpBuilder.Windows(1, 1, 32, 3, masks, pixels)).Samples);
        Assert.Equal(new byte[] { 3, 2, 1 }, PhotoReader.Read(BmpBuilder.Windows(1, 1, 32, 3, new byte[12], pixels)).Samples);
        Refused("masks", BmpBuilder.Windows(1, 1, 32, 3, [0xFF, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0xFF, 0], pixels));
        Refused("masks", BmpBuilder.Windows(1, 1, 32, 3, [0x55, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0xFF, 0], pixels));
    }

    [Fact]
    public void RunLengthCodes_GiveTheRows()
    {
        // 4 x 3: a run and a literal; a delta past one row; an end of line, an end of bitmap.
        byte[] codes = [2, 1, 0, 3, 1, 2, 3, 0, 0, 0, 1, 2, 0, 2, 1, 1, 1, 3, 0, 1];
        var eight = BmpBuilder.Windows(5, 3, 8, 1, BmpBuilder.Palette(Colours), codes, 4);
        Assert.Equal(Expected(0, 0, 3, 0, 0, 2, 0, 0, 0, 0, 1, 1, 1, 2, 3), PhotoReader.Read(eight).Samples);
        byte[] nibbles = [3, 0x12, 0, 3, 0x31, 0x20, 0, 0, 6, 0x33, 0, 1];
        var four = BmpBuilder.Windows(6, 2, 4, 2, BmpBuilder.Palette(Colours), nibbles, 4);
        Assert.Equal(Expected(3, 3, 3, 3, 3, 3, 1, 2, 1, 3, 1, 2), PhotoReader.Read(four).Samples);
        Refused("cut short", BmpBuilder.Windows(6, 2, 4, 2, BmpBuilder.Palette(Colours), nibbles[..8], 4));
    }

    [Fact]
    public void Operation_ReadsEightBitsAsGray_WhateverThePalette()
    {
        var file = BmpBuilder.Windows(2, 1, 8, 0, BmpBuilder.Palette(Colours), [3, 1, 0, 0], 4);
        Assert.Equal(new byte[] { 3, 1 }, TensorFlowImageDecoder.DecodeBmp(file).Elements);
        Assert.Equal(new byte[] { 3, 3, 3, 255, 1, 1, 1, 255 }, TensorFlowImageDecoder.DecodeBmp(file, 4).Elements);
        Assert.Equal(Expected(3, 1), PhotoReader.Read(file).Samples);
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeImage(file, 1));
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeJpeg(file));
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeBmp([.. file, 0]));
        Assert.Equal(new ushort[] { 768, 256 }, TensorFlowImageDecoder.DecodeImage(file, 0, ImageElementType.UInt16).Elements);
        Assert.Equal(new[] { 3 * (1f / 255f), 1f / 255f }, TensorFlowImageDecoder.DecodeImage(file, 0, ImageElementType.Float32).Elements);
    }

    [Fact]
    public void BrokenFiles_AreRefusedWithTheReason()
    {
        var good = BmpBuilder.Windows(3, 2, 24, 0, [], new byte[24]);
        Assert.Equal(18, PhotoReader.Read(good).Samples.Length);
        for (var length = 2; length < good.Length - 3; length++)
        {
            Assert.Throws<ImageFormatException>(() => PhotoReader.Read(good.AsSpan(0, length)));
        }

        Refused("7 bits", BmpBuilder.Windows(3, 2, 7, 0, [], new byte[24]));
        Refused("impossible", BmpBuilder.Windows(0, 2, 24, 0, [], new byte[24]));
        Refused("impossible", BmpBuilder.Windows(-3, 2, 24, 0, [], new byte[24]));
        Refused("impossible", BmpBuilder.Windows(3, int.MinValue, 24, 0, [], new byte[24]));
        Refused("accepted", BmpBuilder.Windows(1 << 20, 1 << 20, 24, 0, [], new byte[24]));
        Refused("compression 4", BmpBuilder.Windows(3, 2, 24, 4, [], new byte[24]));
        Refused("compression 1", BmpBuilder.Windows(3, 2, 24, 1, [], new byte[24]));
        Refused("palette", BmpBuilder.Windows(3, 2, 8, 0, [], new byte[24], 1 << 20));
        good[14] = 41;
        Refused("41 bytes", good);
    }

    private static byte[] Expected(params int[] indices) => [.. indices.SelectMany(index => Colours.Skip(index * 3).Take(3))];

    private static void Refused(string reason, byte[] file) =>
        Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => PhotoReader.Read(file)).Message, StringComparison.Ordinal);
}
