namespace MlTransfer.Datasets.Images;

/// <summary>Tells image formats by content, never by file name. Stateless, hence thread-safe.</summary>
public static class ImageFormats
{
    /// <summary>What is decoded, for messages.</summary>
    internal const string Decoded = "JPEG, PNG, BMP and GIF are decoded";

    /// <summary>The format that the first bytes announce; the rest may still be broken.</summary>
    /// <param name="file">The file, or at least its first 32 bytes.</param>
    public static ImageFormat Detect(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return ImageFormat.Jpeg;
        }

        if (file.StartsWith(Png.PngFile.Signature))
        {
            return ImageFormat.Png;
        }

        if (file.StartsWith("GIF8"u8))
        {
            return ImageFormat.Gif;
        }

        if (file.StartsWith("BM"u8))
        {
            return ImageFormat.Bmp;
        }

        if (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8))
        {
            return ImageFormat.WebP;
        }

        return file.Length >= 12 && file[4..].StartsWith("ftyp"u8) ? DetectBrand(file.Slice(8, 4)) : DetectOther(file);
    }

    /// <summary>A format's name as people write it.</summary>
    public static string NameOf(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "JPEG",
        ImageFormat.Png => "PNG",
        ImageFormat.Bmp => "BMP",
        ImageFormat.Gif => "GIF",
        ImageFormat.WebP => "WebP",
        ImageFormat.Tiff => "TIFF",
        ImageFormat.Heic => "HEIC",
        ImageFormat.Avif => "AVIF",
        ImageFormat.JpegXl => "JPEG XL",
        ImageFormat.Jpeg2000 => "JPEG 2000",
        ImageFormat.Photoshop => "Photoshop",
        ImageFormat.Icon => "Windows icon",
        ImageFormat.Netpbm => "Netpbm",
        ImageFormat.Svg => "SVG",
        ImageFormat.Pdf => "PDF",
        _ => "unknown",
    };

    /// <summary>The error for a file of a format that is not decoded here.</summary>
    internal static ImageFormatException NotDecoded(ReadOnlySpan<byte> file)
    {
        var format = Detect(file);
        if (format != ImageFormat.Unknown)
        {
            return new ImageFormatException($"this is a {NameOf(format)} file; {Decoded}. Convert it.");
        }

        return file.IsEmpty
            ? new ImageFormatException("the file is empty.")
            : new ImageFormatException($"not an image file that is known (it begins with {System.Convert.ToHexString(file[..Math.Min(8, file.Length)])}); {Decoded}.");
    }

    private static ImageFormat DetectBrand(ReadOnlySpan<byte> brand)
    {
        if (brand.StartsWith("avi"u8))
        {
            return ImageFormat.Avif;
        }

        return brand.StartsWith("he"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8) ? ImageFormat.Heic : ImageFormat.Unknown;
    }

    private static ImageFormat DetectOther(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0x49, 0x49, 0x2A, 0x00]) || file.StartsWith((ReadOnlySpan<byte>)[0x4D, 0x4D, 0x00, 0x2A]))
        {
            return ImageFormat.Tiff;
        }

        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]) || file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20]))
        {
            return ImageFormat.JpegXl;
        }

        if (file.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20]) || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51]))
        {
            return ImageFormat.Jpeg2000;
        }

        if (file.StartsWith("8BPS"u8))
        {
            return ImageFormat.Photoshop;
        }

        if (file.Length >= 6 && file.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0]) && file[4] != 0)
        {
            return ImageFormat.Icon;
        }

        if (file.Length >= 3 && file[0] == 'P' && file[1] is >= (byte)'1' and <= (byte)'7' && char.IsWhiteSpace((char)file[2]))
        {
            return ImageFormat.Netpbm;
        }

        if (file.StartsWith("%PDF"u8))
        {
            return ImageFormat.Pdf;
        }

        return file.StartsWith("<svg"u8) || file.StartsWith("<?xml"u8) ? ImageFormat.Svg : ImageFormat.Unknown;
    }
}
