using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MlTransfer.Datasets.Images.Png;

namespace MlTransfer.Datasets.Tests.Images.Png;

/// <summary>Puts PNG files together chunk by chunk, right or wrong.</summary>
internal sealed class PngBuilder
{
    private readonly List<byte> _file = [.. PngFile.Signature];

    public PngBuilder Header(int width, int height, int depth, int colorType, int interlace = 0)
    {
        var content = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(content, width);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), height);
        (content[8], content[9], content[12]) = ((byte)depth, (byte)colorType, (byte)interlace);
        return Chunk("IHDR", content);
    }

    public PngBuilder Chunk(string type, params byte[] content)
    {
        var chunk = new byte[content.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.Of(chunk.AsSpan(4, content.Length + 4)));
        _file.AddRange(chunk);
        return this;
    }

    /// <summary>An IDAT chunk of filtered rows.</summary>
    public PngBuilder Data(params byte[] filteredRows) => Chunk("IDAT", Compress(filteredRows));

    public byte[] End() => Chunk("IEND")._file.ToArray();

    public byte[] Unended() => _file.ToArray();

    public static byte[] Compress(byte[] data)
    {
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(data);
        }

        return target.ToArray();
    }

    /// <summary>Computes all checksums of a file anew, as far as its chunks can be followed.</summary>
    public static void RepairChecksums(byte[] file)
    {
        for (var position = 8; position + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(position));
            if (length > file.Length - position - 12)
            {
                return;
            }

            var end = position + 12 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(end - 4), Crc32.Of(file.AsSpan(position + 4, (int)length + 4)));
            position = end;
        }
    }
}
