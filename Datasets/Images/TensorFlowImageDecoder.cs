using MlTransfer.Datasets.Images.Bmp;
using MlTransfer.Datasets.Images.Gif;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Datasets.Images.Png;

namespace MlTransfer.Datasets.Images;

/// <summary>
/// The decoding operations of TensorFlow with their results and their quirks: the format is told by content, so DecodeJpeg also reads PNG and
/// one-frame GIF; 8-bit BMP is gray whatever its palette; GIF disposal is ignored; alpha of PNGs of low depth is 2^depth − 1. For a photo as
/// people see it use <see cref="PhotoReader"/>. Source: TensorFlow 2.21, core/kernels/image/decode_image_op.cc. Stateless, hence thread-safe.
/// </summary>
/// <remarks>WebP and JPEG XL, which TensorFlow decodes too, are refused with their name.</remarks>
public static class TensorFlowImageDecoder
{
    /// <summary>TensorFlow refuses PNGs of this many pixels.</summary>
    private const long MaxPngPixels = 1L << 29;

    private enum Operation
    {
        DecodeJpeg,
        DecodeAndCropJpeg,
        DecodePng,
        DecodeBmp,
        DecodeGif,
        DecodeImage,
    }

    /// <summary>The operation DecodeJpeg.</summary>
    /// <param name="contents">The file.</param>
    /// <param name="options">The operation's attributes; null is the operation's defaults, channels = 0 among them.</param>
    /// <returns>uint8 [height, width, channels].</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static DecodedImage DecodeJpeg(ReadOnlySpan<byte> contents, JpegDecodeOptions? options = null)
    {
        options ??= new JpegDecodeOptions { Channels = 0 };
        return Decode(Operation.DecodeJpeg, contents, options.Channels, ImageElementType.UInt8, true, options with { Crop = null });
    }

    /// <summary>The operation DecodeAndCropJpeg.</summary>
    /// <param name="contents">The file, a JPEG.</param>
    /// <param name="window">The window, within the picture.</param>
    /// <param name="options">The operation's attributes; null is the operation's defaults, channels = 0 among them.</param>
    /// <returns>uint8 [height, width, channels].</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file or the window; the message says why.</exception>
    public static DecodedImage DecodeAndCropJpeg(ReadOnlySpan<byte> contents, JpegCrop window, JpegDecodeOptions? options = null)
    {
        options ??= new JpegDecodeOptions { Channels = 0 };
        return Decode(Operation.DecodeAndCropJpeg, contents, options.Channels, ImageElementType.UInt8, true, options with { Crop = window });
    }

    /// <summary>The operation DecodePng.</summary>
    /// <param name="contents">The file.</param>
    /// <param name="channels">0 as the file has, 1 gray, 3 RGB, 4 RGBA.</param>
    /// <param name="type">uint8 or uint16.</param>
    /// <returns>[height, width, channels].</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static DecodedImage DecodePng(ReadOnlySpan<byte> contents, int channels = 0, ImageElementType type = ImageElementType.UInt8) =>
        type == ImageElementType.Float32
            ? throw new ArgumentOutOfRangeException(nameof(type), type, "DecodePng gives uint8 or uint16.")
            : Decode(Operation.DecodePng, contents, channels, type, true, null);

    /// <summary>The operation DecodeBmp.</summary>
    /// <param name="contents">The file, a BMP.</param>
    /// <param name="channels">0 as the file has, 3 RGB, 4 RGBA.</param>
    /// <returns>uint8 [height, width, channels].</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static DecodedImage DecodeBmp(ReadOnlySpan<byte> contents, int channels = 0) =>
        Decode(Operation.DecodeBmp, contents, channels, ImageElementType.UInt8, true, null);

    /// <summary>The operation DecodeGif.</summary>
    /// <param name="contents">The file.</param>
    /// <returns>uint8 [frames, height, width, 3].</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static DecodedImage DecodeGif(ReadOnlySpan<byte> contents) => Decode(Operation.DecodeGif, contents, 3, ImageElementType.UInt8, true, null);

    /// <summary>The operation DecodeImage.</summary>
    /// <param name="contents">The file.</param>
    /// <param name="channels">0 as the file has, 1 gray, 3 RGB, 4 RGBA, as far as the format has them.</param>
    /// <param name="type">The element type.</param>
    /// <param name="expandAnimations">Whether a GIF gives all frames (4 dimensions) or the first (3).</param>
    /// <returns>[height, width, channels], or [frames, height, width, 3] for GIF.</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static DecodedImage DecodeImage(
        ReadOnlySpan<byte> contents, int channels = 0, ImageElementType type = ImageElementType.UInt8, bool expandAnimations = true) =>
        Decode(Operation.DecodeImage, contents, channels, type, expandAnimations, null);

    private static DecodedImage Decode(
        Operation operation, ReadOnlySpan<byte> contents, int channels, ImageElementType type, bool expandAnimations, JpegDecodeOptions? options)
    {
        if (channels is not (0 or 1 or 3 or 4))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "channels must be 0, 1, 3 or 4.");
        }

        return ImageFormats.Detect(contents) switch
        {
            ImageFormat.Jpeg => FromJpeg(operation, contents, channels, type, options),
            ImageFormat.Png => FromPng(operation, contents, channels, type),
            ImageFormat.Gif => FromGif(operation, contents, channels, type, expandAnimations),
            ImageFormat.Bmp => FromBmp(operation, contents, channels, type),
            _ => throw ImageFormats.NotDecoded(contents),
        };
    }

    private static DecodedImage FromJpeg(
        Operation operation, ReadOnlySpan<byte> contents, int channels, ImageElementType type, JpegDecodeOptions? options)
    {
        if (operation == Operation.DecodeBmp)
        {
            throw WrongOperation(operation, ImageFormat.Jpeg);
        }

        if (channels == 4)
        {
            throw new ImageFormatException("JPEG: 4 channels were asked for; a JPEG gives 1 or 3.");
        }

        var image = JpegDecoder.Decode(contents, (options ?? new JpegDecodeOptions()) with { Channels = channels, Rules = JpegRules.TensorFlow });
        return operation == Operation.DecodeGif
            ? Typed(image.Samples, type, 1, image.Height, image.Width, image.Channels)
            : Typed(image.Samples, type, image.Height, image.Width, image.Channels);
    }

    private static DecodedImage FromPng(Operation operation, ReadOnlySpan<byte> contents, int channels, ImageElementType type)
    {
        if (operation is Operation.DecodeBmp or Operation.DecodeAndCropJpeg)
        {
            throw WrongOperation(operation, ImageFormat.Png);
        }

        var file = PngFile.Read(contents);
        PixelLimit.Check("PNG", file.Header.Width, file.Header.Height, MaxPngPixels - 1);
        var pixels = PngPixels.Read(file);
        channels = channels == 0 ? pixels.NativeChannels : channels;
        int[] shape = operation == Operation.DecodeGif
            ? [1, file.Header.Height, file.Header.Width, channels]
            : [file.Header.Height, file.Header.Width, channels];
        return type switch
        {
            ImageElementType.UInt8 => new DecodedImage(pixels.To8Bit(channels), shape),
            ImageElementType.UInt16 => new DecodedImage(pixels.To16Bit(channels), shape),
            _ => new DecodedImage(Array.ConvertAll(pixels.To16Bit(channels), sample => sample * (1f / 65535f)), shape),
        };
    }

    private static DecodedImage FromGif(Operation operation, ReadOnlySpan<byte> contents, int channels, ImageElementType type, bool expandAnimations)
    {
        if (channels is not (0 or 3))
        {
            throw new ImageFormatException($"GIF: {channels} channels were asked for; a GIF gives 3.");
        }

        if (operation is Operation.DecodeBmp or Operation.DecodeAndCropJpeg)
        {
            throw WrongOperation(operation, ImageFormat.Gif);
        }

        var file = GifReader.Read(contents, int.MaxValue);
        var flat = operation is Operation.DecodePng or Operation.DecodeJpeg;
        if (flat && file.Frames.Count > 1)
        {
            throw new ImageFormatException($"GIF: {file.Frames.Count} frames; {operation} reads GIFs of one frame only, DecodeGif and DecodeImage read all.");
        }

        var (samples, frames, height, width) = GifTensorFlow.Draw(file, !expandAnimations);
        return flat || (operation == Operation.DecodeImage && !expandAnimations)
            ? Typed(samples, type, height, width, 3)
            : Typed(samples, type, frames, height, width, 3);
    }

    private static DecodedImage FromBmp(Operation operation, ReadOnlySpan<byte> contents, int channels, ImageElementType type)
    {
        if (channels == 1)
        {
            throw new ImageFormatException("BMP: 1 channel was asked for; the operation gives 0 (as stored), 3 or 4.");
        }

        if (operation is not (Operation.DecodeBmp or Operation.DecodeImage))
        {
            throw WrongOperation(operation, ImageFormat.Bmp);
        }

        var (samples, height, width, given) = BmpTensorFlow.Decode(contents, channels);
        return Typed(samples, type, height, width, given);
    }

    /// <summary>8-bit samples in another type: v × 256 and v × (1/255), as the operation converts all formats but PNG.</summary>
    private static DecodedImage Typed(byte[] samples, ImageElementType type, params int[] shape) => type switch
    {
        ImageElementType.UInt8 => new DecodedImage(samples, shape),
        ImageElementType.UInt16 => new DecodedImage(Array.ConvertAll(samples, sample => (ushort)(sample * 256)), shape),
        _ => new DecodedImage(Array.ConvertAll(samples, sample => sample * (1f / 255f)), shape),
    };

    private static ImageFormatException WrongOperation(Operation operation, ImageFormat format) =>
        new($"this is a {ImageFormats.NameOf(format)} file, which the operation {operation} does not read; DecodeImage does.");
}
