using System.Buffers;
using System.IO.Compression;

namespace MlTransfer.Datasets.Images.Png;

/// <summary>The samples of a PNG as stored, unpacked and de-interlaced.</summary>
internal static class PngRaster
{
    /// <summary>Deflate cannot expand by more than this (RFC 1951: 258 bytes from two bits), nor can a header then claim more.</summary>
    private const long MaxExpansion = 1032;

    /// <summary>
    /// Inflates and unfilters. The result has height × width × samples places of one byte (depths 1…8, values as stored, not scaled) or of two
    /// bytes, high byte first (depth 16).
    /// </summary>
    /// <exception cref="ImageFormatException">The data are damaged or short.</exception>
    public static byte[] Read(PngFile file)
    {
        var header = file.Header;
        var needed = header.FilteredBytes;
        if (needed > (file.ImageData.LongLength * MaxExpansion) + 1024)
        {
            throw new ImageFormatException(
                $"PNG: {header.Width} x {header.Height} pixels need {needed} bytes of image data, which {file.ImageData.LongLength} compressed bytes cannot hold.");
        }

        var placeBytes = header.BitDepth == 16 ? 2 : 1;
        var length = (long)header.Width * header.Height * header.Samples * placeBytes;
        if (length > Array.MaxLength)
        {
            throw new ImageFormatException($"PNG: {header.Width} x {header.Height} pixels of {header.Samples} samples are too large to hold.");
        }

        var samples = GC.AllocateUninitializedArray<byte>((int)length);
        using var compressed = new MemoryStream(file.ImageData, writable: false);
        using var inflater = new ZLibStream(compressed, CompressionMode.Decompress);
        try
        {
            if (header.Interlaced)
            {
                ReadInterlaced(inflater, header, samples, placeBytes);
            }
            else
            {
                ReadPlain(inflater, header, samples);
            }

            // Reading on makes the inflater check the Adler-32 behind the last byte; more image data than needed are ignored as in libpng.
            inflater.ReadByte();
        }
        catch (InvalidDataException fault)
        {
            throw new ImageFormatException("PNG: the compressed image data are damaged (zlib finds them invalid).", fault);
        }

        return samples;
    }

    private static void ReadPlain(ZLibStream inflater, PngHeader header, byte[] samples)
    {
        var rowBytes = header.RowBytes(header.Width);
        var pixelBytes = Math.Max(1, header.Samples * header.BitDepth / 8);
        var packed = header.BitDepth < 8;
        var scratch = ArrayPool<byte>.Shared.Rent(2 * rowBytes);
        Span<byte> row = scratch.AsSpan(0, rowBytes);
        Span<byte> above = scratch.AsSpan(rowBytes, rowBytes);
        above.Clear();
        var rowPlaces = header.Width * header.Samples * (header.BitDepth == 16 ? 2 : 1);
        for (var y = 0; y < header.Height; y++)
        {
            var target = samples.AsSpan(y * rowPlaces, rowPlaces);
            if (packed)
            {
                ReadRow(inflater, row, above, pixelBytes, y, header.Height);
                Unpack(row, header.BitDepth, target);
                var swap = row;
                row = above;
                above = swap;
            }
            else
            {
                ReadRow(inflater, target, y == 0 ? above : samples.AsSpan((y - 1) * rowPlaces, rowPlaces), pixelBytes, y, header.Height);
            }
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void ReadInterlaced(ZLibStream inflater, PngHeader header, byte[] samples, int placeBytes)
    {
        var pixelBytes = Math.Max(1, header.Samples * header.BitDepth / 8);
        var pixelPlaces = header.Samples * placeBytes;
        var rowPlaces = header.Width * pixelPlaces;
        var longest = header.RowBytes(header.Width);
        var scratch = ArrayPool<byte>.Shared.Rent((2 * longest) + rowPlaces);
        foreach (var pass in Adam7Pass.All)
        {
            var (width, height) = pass.SizeOf(header.Width, header.Height);
            if (width == 0)
            {
                continue;
            }

            var rowBytes = header.RowBytes(width);
            Span<byte> row = scratch.AsSpan(0, rowBytes);
            Span<byte> above = scratch.AsSpan(longest, rowBytes);
            above.Clear();
            for (var y = 0; y < height; y++)
            {
                ReadRow(inflater, row, above, pixelBytes, pass.StartY + (y * pass.StepY), header.Height);
                ReadOnlySpan<byte> pixels = row;
                if (header.BitDepth < 8)
                {
                    var unpacked = scratch.AsSpan(2 * longest, width);
                    Unpack(row, header.BitDepth, unpacked);
                    pixels = unpacked;
                }

                var target = samples.AsSpan((pass.StartY + (y * pass.StepY)) * rowPlaces, rowPlaces);
                for (var x = 0; x < width; x++)
                {
                    pixels.Slice(x * pixelPlaces, pixelPlaces).CopyTo(target[((pass.StartX + (x * pass.StepX)) * pixelPlaces)..]);
                }

                var swap = row;
                row = above;
                above = swap;
            }
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    private static void ReadRow(ZLibStream inflater, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes, int y, int height)
    {
        var filter = inflater.ReadByte();
        if (filter < 0 || inflater.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length)
        {
            throw new ImageFormatException($"PNG: the image data end in row {y} of {height}; the file is cut short.");
        }

        PngFilters.Undo(filter, row, above, pixelBytes);
    }

    /// <summary>Spreads samples of 1, 2 or 4 bits, leftmost in the high bits, to a byte each.</summary>
    private static void Unpack(ReadOnlySpan<byte> packed, int depth, Span<byte> target)
    {
        var mask = (1 << depth) - 1;
        for (var i = 0; i < target.Length; i++)
        {
            var bit = i * depth;
            target[i] = (byte)((packed[bit >> 3] >> (8 - depth - (bit & 7))) & mask);
        }
    }
}
