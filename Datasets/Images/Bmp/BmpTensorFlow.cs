using System.Buffers.Binary;

namespace MlTransfer.Datasets.Images.Bmp;

/// <summary>
/// Bitmaps as TensorFlow's DecodeBmp reads them: 8, 24 and 32 bits only, the palette of 8-bit ones and the compression field ignored, the file
/// exactly as long as its pixels ask for. Source: TensorFlow, core/kernels/image/decode_image_op.cc.
/// </summary>
internal static class BmpTensorFlow
{
    /// <summary>Decodes to the channels asked for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="channels">0 as stored, 3 or 4.</param>
    /// <returns>Samples [height, width, channels] and those sizes.</returns>
    /// <exception cref="ImageFormatException">TensorFlow refuses the file; the message says why.</exception>
    public static (byte[] Samples, int Height, int Width, int Channels) Decode(ReadOnlySpan<byte> file, int channels)
    {
        if (file.Length < 32)
        {
            throw new ImageFormatException($"BMP: the file has {file.Length} bytes; at least 32 are needed for its header.");
        }

        var offset = BinaryPrimitives.ReadInt32LittleEndian(file[10..]);
        var width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        var signedHeight = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        var stored = BinaryPrimitives.ReadInt16LittleEndian(file[28..]) / 8;
        if (stored is not (1 or 3 or 4))
        {
            throw new ImageFormatException(
                $"BMP: {BinaryPrimitives.ReadInt16LittleEndian(file[28..])} bits a pixel (or another header); the DecodeBmp operation knows 8, 24 and 32.");
        }

        var height = Math.Abs((long)signedHeight);
        if (width <= 0 || height == 0 || offset < 0 || width * height >= int.MaxValue / 8)
        {
            throw new ImageFormatException($"BMP: the size {width} x {signedHeight} or the pixels' position {offset} is out of range.");
        }

        var rowBytes = (((long)stored * width) + 3) / 4 * 4;
        if (file.Length != offset + (rowBytes * height))
        {
            throw new ImageFormatException(
                $"BMP: {offset} bytes of header and {height} rows of {rowBytes} bytes make {offset + (rowBytes * height)}; the file has {file.Length}.");
        }

        var wanted = channels == 0 ? stored : channels;
        var samples = new byte[checked((int)(width * height * wanted))];
        var rows = (int)height;
        for (var y = 0; y < rows; y++)
        {
            var from = signedHeight < 0 ? y : rows - 1 - y;
            Row(file.Slice((int)(offset + (rowBytes * from)), width * stored), stored, samples.AsSpan(y * width * wanted, width * wanted), wanted);
        }

        return (samples, rows, width, wanted);
    }

    private static void Row(ReadOnlySpan<byte> source, int stored, Span<byte> target, int wanted)
    {
        for (int from = 0, to = 0; from < source.Length; from += stored, to += wanted)
        {
            if (wanted == 1)
            {
                target[to] = source[from];
                continue;
            }

            target[to] = source[from + (stored == 1 ? 0 : 2)];
            target[to + 1] = source[from + (stored == 1 ? 0 : 1)];
            target[to + 2] = source[from];
            if (wanted == 4)
            {
                target[to + 3] = stored == 4 ? source[from + 3] : (byte)255;
            }
        }
    }
}
