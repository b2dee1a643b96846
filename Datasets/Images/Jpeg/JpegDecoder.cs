namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// Decodes JPEG files (ITU-T T.81) bit for bit as libjpeg-turbo does: baseline, extended sequential and progressive, Huffman and
/// arithmetic coded, 8 bits; gray, YCbCr, RGB, CMYK and YCCK; all whole sampling ratios.
/// </summary>
/// <remarks>
/// Lossless, hierarchical and 12-bit files are refused. EXIF orientation and colour profiles are not applied. Damaged entropy-coded data
/// decode to what libjpeg-turbo shows. Stateless, hence thread-safe.
/// </remarks>
public static class JpegDecoder
{
    /// <summary>Decodes a file.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="options">How; null for the defaults, which are TensorFlow's DecodeJpeg to RGB.</param>
    /// <returns>Height × width × channels samples, 0…255.</returns>
    /// <exception cref="ImageFormatException">The bytes cannot be decoded; the message says where and why.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static unsafe ImageBuffer Decode(ReadOnlySpan<byte> file, JpegDecodeOptions? options = null)
    {
        options ??= new JpegDecodeOptions();
        if (options.Channels is not (0 or 1 or 3))
        {
            throw new ArgumentException($"Channels is {options.Channels}; 0, 1 and 3 are possible.", nameof(options));
        }

        if (options.Ratio is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentException($"Ratio is {options.Ratio}; 1, 2, 4 and 8 are possible.", nameof(options));
        }

        if (float.IsNaN(options.AcceptableFraction))
        {
            throw new ArgumentException("AcceptableFraction is not a number.", nameof(options));
        }

        RefuseEmpty(file);
        fixed (byte* start = file)
        {
            using var decompressor = new JpegDecompressor(start, file.Length, options);
            return decompressor.Decode();
        }
    }

    /// <summary>Reads the headers up to the first scan.</summary>
    /// <param name="file">The bytes of the file; its beginning suffices.</param>
    /// <exception cref="ImageFormatException">The headers cannot be read; the message says where and why.</exception>
    public static unsafe JpegInfo ReadInfo(ReadOnlySpan<byte> file)
    {
        RefuseEmpty(file);
        fixed (byte* start = file)
        {
            using var decompressor = new JpegDecompressor(start, file.Length, new JpegDecodeOptions());
            return decompressor.ReadInfo();
        }
    }

    private static void RefuseEmpty(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            throw new ImageFormatException("JPEG: the file is empty.");
        }
    }
}
