namespace MlTransfer.Datasets.Images.Bmp;

/// <summary>The run-length codes of 4-bit and 8-bit bitmaps (BI_RLE4, BI_RLE8).</summary>
internal static class BmpRunLength
{
    /// <summary>Decodes to palette indices in stored order; pixels that no code reaches stay 0.</summary>
    /// <exception cref="ImageFormatException">The codes end before the last row and without an end-of-bitmap code.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> file, int position, int width, int height, bool fourBits)
    {
        var pixels = new byte[width * height];
        var column = 0;
        for (var written = 0L; written < pixels.Length;)
        {
            var (count, value) = (Next(file, ref position), Next(file, ref position));
            if (count > 0)
            {
                // Runs do not go on in the next row.
                var run = Math.Min(count, Math.Max(0, width - column));
                for (var i = 0; i < run && written < pixels.Length; i++)
                {
                    pixels[written++] = fourBits ? Nibble(value, i) : value;
                }

                column += run;
                continue;
            }

            switch (value)
            {
                case 0:
                    written = (written + width - 1) / width * width;
                    column = 0;
                    break;
                case 1:
                    return pixels;
                case 2:
                    written += Next(file, ref position) + ((long)Next(file, ref position) * width);
                    column = (int)(written % width);
                    break;
                default:
                    written = Literal(file, ref position, value, fourBits, pixels, written);
                    column += value;
                    break;
            }
        }

        return pixels;
    }

    private static long Literal(ReadOnlySpan<byte> file, ref int position, int count, bool fourBits, byte[] pixels, long written)
    {
        byte pair = 0;
        for (var i = 0; i < count; i++)
        {
            if (!fourBits || i % 2 == 0)
            {
                pair = Next(file, ref position);
            }

            if (written < pixels.Length)
            {
                pixels[written++] = fourBits ? Nibble(pair, i) : pair;
            }
        }

        // Literal runs are padded to whole 16-bit words.
        var bytes = fourBits ? (count + 1) / 2 : count;
        position += bytes % 2;
        return written;
    }

    private static byte Nibble(byte pair, int index) => (byte)(index % 2 == 0 ? pair >> 4 : pair & 0x0F);

    private static byte Next(ReadOnlySpan<byte> file, ref int position) => position < file.Length
        ? file[position++]
        : throw new ImageFormatException("BMP: the run-length codes end before the last row; the file is cut short.");
}
