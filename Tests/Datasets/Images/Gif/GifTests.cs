using MlTransfer.Datasets.Images;

namespace MlTransfer.Datasets.Tests.Images.Gif;

public class GifTests
{
    [Fact]
    public void Frames_AreDrawnAsInTensorFlow_AndThePhotoAsInPillow()
    {
        // A 3 x 2 screen; a whole frame, then a frame of 2 x 1 at (1, 1) whose colour 1 is transparent.
        var file = GifBuilder.File(3, 2, 0, GifBuilder.Frame(0, 0, 3, 2, -1, 0, 1, 2, 3, 2, 1), GifBuilder.Frame(1, 1, 2, 1, 1, 1, 3));
        var decoded = TensorFlowImageDecoder.DecodeGif(file);
        Assert.Equal([2, 2, 3, 3], decoded.Shape);
        var expected = GifBuilder.Colours(0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 3);
        Assert.Equal(expected, decoded.Elements);
        Assert.Equal(GifBuilder.Colours(0, 1, 2, 3, 2, 1), PhotoReader.Read(file).Samples);
        Assert.Equal([2, 3, 3], TensorFlowImageDecoder.DecodeImage(file, expandAnimations: false).Shape);
    }

    [Fact]
    public void PhotoOfASmallFrame_FillsTheScreen_WithTheTransparentColourOrTheFirst()
    {
        var plain = GifBuilder.File(2, 2, 3, GifBuilder.Frame(1, 1, 1, 1, -1, 3));
        Assert.Equal(GifBuilder.Colours(0, 0, 0, 3), PhotoReader.Read(plain).Samples);
        var transparent = GifBuilder.File(2, 2, 3, GifBuilder.Frame(1, 1, 1, 1, 2, 3));
        Assert.Equal(GifBuilder.Colours(2, 2, 2, 3), PhotoReader.Read(transparent).Samples);
    }

    [Fact]
    public void TransparentPixelsOfTheFirstFrame_AreBlackForTheOperation_AndTheirColourInAPhoto()
    {
        var file = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, 2, 2, 3));
        Assert.Equal(new byte[] { 0, 0, 0 }, ((byte[])TensorFlowImageDecoder.DecodeGif(file).Elements)[..3]);
        Assert.Equal(GifBuilder.Colours(2, 3), PhotoReader.Read(file).Samples);
    }

    [Fact]
    public void AFileThatEndsBehindAFrame_KeepsIt_ButNotOneThatEndsInside()
    {
        var file = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 2, 3), GifBuilder.Frame(0, 0, 2, 1, -1, 1, 1));
        var second = file.AsSpan().LastIndexOf((byte)0x2C);
        Assert.Equal([2, 1, 2, 3], TensorFlowImageDecoder.DecodeGif(file).Shape);
        Assert.Equal([2, 1, 2, 3], TensorFlowImageDecoder.DecodeGif(file.AsSpan(0, file.Length - 1)).Shape);
        Assert.Equal([1, 1, 2, 3], TensorFlowImageDecoder.DecodeGif(file.AsSpan(0, second)).Shape);
        Assert.Equal([1, 1, 2, 3], TensorFlowImageDecoder.DecodeGif(file.AsSpan(0, file.Length - 3)).Shape);
        var first = file.AsSpan().IndexOf((byte)0x2C);
        for (var length = 0; length < first + 13; length++)
        {
            Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeGif(file.AsSpan(0, length)));
            Assert.Throws<ImageFormatException>(() => PhotoReader.Read(file.AsSpan(0, length)));
        }
    }

    [Fact]
    public void WhatTheOperationCannotDraw_IsRefused_AndThePhotoHasGrayOrBlack()
    {
        var noPalette = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 2, 3));
        noPalette[10] = 0;
        noPalette = [.. noPalette[..13], .. noPalette[(13 + 12)..]];
        Refused("palette", noPalette);
        Assert.Equal(new byte[] { 2, 2, 2, 3, 3, 3 }, PhotoReader.Read(noPalette).Samples);

        var outside = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 1, 5));
        Refused("colour 5", outside);
        Assert.Equal(new byte[] { 0, 0, 0 }, PhotoReader.Read(outside).Samples[3..]);
    }

    [Fact]
    public void ChannelsAndOperationsThatDoNotFit_AreRefused()
    {
        var one = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 2, 3));
        var two = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 2, 3), GifBuilder.Frame(0, 0, 2, 1, -1, 1, 1));
        Assert.Equal([1, 2, 3], TensorFlowImageDecoder.DecodePng(one, 3).Shape);
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodePng(two, 3));
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeImage(one, 1));
        Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeBmp(one));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorFlowImageDecoder.DecodePng(one, 2));
    }

    [Fact]
    public void AClaimOfManyPixels_IsNotAllocatedFor()
    {
        var file = GifBuilder.File(2, 1, 0, GifBuilder.Frame(0, 0, 40_000, 40_000, -1, 2, 3));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused("pixels", file);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 22);
        var screen = GifBuilder.File(60_000, 60_000, 0, GifBuilder.Frame(0, 0, 2, 1, -1, 2, 3));
        Assert.Contains("60000", Assert.Throws<ImageFormatException>(() => PhotoReader.Read(screen)).Message, StringComparison.Ordinal);
    }

    private static void Refused(string reason, byte[] file) =>
        Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => TensorFlowImageDecoder.DecodeGif(file)).Message, StringComparison.Ordinal);
}
