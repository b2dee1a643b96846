using MlTransfer.Datasets.Images.Bmp;
using MlTransfer.Datasets.Images.Exif;
using MlTransfer.Datasets.Images.Gif;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Datasets.Images.Png;

namespace MlTransfer.Datasets.Images;

/// <summary>
/// Reads photos (JPEG, PNG, BMP, GIF; told by content) as RGB, the picture that one sees, as Pillow's <c>convert("RGB")</c> gives it. Stateless,
/// hence thread-safe.
/// </summary>
/// <remarks>
/// <para>Palettes are looked up. Alpha and transparent colours are dropped, not blended: the stored colour stays, as in Pillow and TensorFlow.
/// An animation gives its first frame. 16-bit samples keep their high byte; with <see cref="JpegDct.Accurate"/>, which follows Pillow
/// throughout, 16-bit gray is clipped at 255 as there. CMYK becomes RGB as in TensorFlow, or as in Pillow with <see cref="JpegDct.Accurate"/>.
/// Colour profiles and gamma are ignored.</para>
/// <para>A file that is damaged or cut short is refused, even where Pillow would show a part of it: half a picture gives other features.</para>
/// </remarks>
public static class PhotoReader
{
    /// <summary>Reads a photo.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="options">How; null is the defaults.</param>
    /// <returns>The picture, 3 channels.</returns>
    /// <exception cref="ImageFormatException">
    /// The format is not decoded, or the file is damaged, cut short or too large; the message says what is wrong and what to do.
    /// </exception>
    public static ImageBuffer Read(ReadOnlySpan<byte> file, PhotoReadOptions? options = null)
    {
        options ??= new PhotoReadOptions();
        return ImageFormats.Detect(file) switch
        {
            ImageFormat.Jpeg => ReadJpeg(file, options),
            ImageFormat.Png => ReadPng(file, options),
            ImageFormat.Bmp => BmpPhoto.ToRgb(file, options.MaxPixels),
            ImageFormat.Gif => GifPhoto.ToRgb(GifReader.Read(file, maxFrames: 1), options.MaxPixels),
            _ => throw ImageFormats.NotDecoded(file),
        };
    }

    private static ImageBuffer ReadJpeg(ReadOnlySpan<byte> file, PhotoReadOptions options)
    {
        var image = JpegDecoder.Decode(file, new JpegDecodeOptions
        {
            Channels = 3,
            Dct = options.Dct,
            MaxPixels = options.MaxPixels,
            Rules = options.Dct == JpegDct.Accurate ? JpegRules.Pillow : JpegRules.TensorFlow,
        });
        return options.ApplyExifOrientation
            ? OrientationTransform.Apply(image, ExifReader.OrientationOf(JpegDecoder.ReadInfo(file).Exif.Span))
            : image;
    }

    private static ImageBuffer ReadPng(ReadOnlySpan<byte> file, PhotoReadOptions options)
    {
        var png = PngFile.Read(file);
        PixelLimit.Check("PNG", png.Header.Width, png.Header.Height, options.MaxPixels);
        var image = PngPhoto.ToRgb(png, clipWideGray: options.Dct == JpegDct.Accurate);
        return options.ApplyExifOrientation ? OrientationTransform.Apply(image, ExifReader.OrientationOf(png.Exif)) : image;
    }
}
