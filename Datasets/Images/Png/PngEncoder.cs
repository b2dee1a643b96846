using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MlTransfer.Datasets.Images.Png;

/// <summary>Writes 8-bit gray and RGB pictures as PNG files. The same picture always gives the same pixels, hence safe for data sets.</summary>
/// <remarks>Source: PNG specification, third edition. Stateless, hence thread-safe.</remarks>
public static class PngEncoder
{
    /// <summary>Encodes a picture.</summary>
    /// <param name="image">1 channel (gray), 2 (gray + alpha), 3 (RGB) or 4 (RGBA).</param>
    /// <returns>The bytes of the file.</returns>
    public static byte[] Encode(ImageBuffer image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var file = new MemoryStream();
        file.Write(PngFile.Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        header[8] = 8;
        header[9] = (byte)(image.Channels switch
        {
            1 => PngColorType.Gray,
            2 => PngColorType.GrayAlpha,
            3 => PngColorType.Rgb,
            _ => PngColorType.Rgba,
        });
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Compress(image));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Compress(ImageBuffer image)
    {
        var rowBytes = image.Width * image.Channels;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            Span<byte> candidate = new byte[rowBytes + 1];
            Span<byte> best = new byte[rowBytes + 1];
            for (var y = 0; y < image.Height; y++)
            {
                var row = image.Samples.AsSpan(y * rowBytes, rowBytes);
                var above = y > 0 ? image.Samples.AsSpan((y - 1) * rowBytes, rowBytes) : default;
                var least = long.MaxValue;

                // The specification's own advice (12.7): the filter whose output has the least sum of magnitudes.
                for (byte filter = 0; filter <= 4; filter++)
                {
                    var sum = Filter(filter, row, above, image.Channels, candidate);
                    if (sum < least)
                    {
                        least = sum;
                        var swap = best;
                        best = candidate;
                        candidate = swap;
                    }
                }

                zlib.Write(best);
            }
        }

        return compressed.ToArray();
    }

    private static long Filter(byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> target)
    {
        target[0] = filter;
        long sum = 0;
        for (var i = 0; i < row.Length; i++)
        {
            int left = i >= pixelBytes ? row[i - pixelBytes] : 0;
            int up = above.IsEmpty ? 0 : above[i];
            int corner = i >= pixelBytes && !above.IsEmpty ? above[i - pixelBytes] : 0;
            var predicted = filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) >> 1,
                4 => Paeth(left, up, corner),
                _ => 0,
            };
            var value = (byte)(row[i] - predicted);
            target[i + 1] = value;
            sum += Math.Abs((int)(sbyte)value);
        }

        return sum;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var toLeft = Math.Abs(up - corner);
        var toUp = Math.Abs(left - corner);
        var toCorner = Math.Abs(left + up - (2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static void WriteChunk(MemoryStream file, string type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.Of(chunk.AsSpan(4, content.Length + 4)));
        file.Write(chunk);
    }
}
