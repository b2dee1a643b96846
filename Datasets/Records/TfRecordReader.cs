using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

namespace MlTransfer.Datasets.Records;

/// <summary>Reads the records of a TFRecord file, plain or packed whole by GZIP or ZLIB.</summary>
/// <remarks>
/// Layout (TensorFlow, tsl/lib/io/record_reader.h): uint64 length, masked CRC-32C of its bytes, the record, masked CRC-32C of the record; little-endian.
/// Every checksum is checked, and a file that ends within a record is an error. Memory grows with the bytes that are there, not with what a length claims.
/// Not thread-safe; one reader a thread.
/// </remarks>
public static class TfRecordReader
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;
    private const int Block = 1 << 20;

    /// <summary>Whether a file that begins so is one of plain records: the first length matches its checksum.</summary>
    /// <param name="head">The first 12 bytes or more.</param>
    public static bool IsRecordFile(ReadOnlySpan<byte> head) =>
        head.Length >= HeaderBytes && Checksum(head[..8]) == BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);

    /// <summary>Reads a file record by record.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">Damaged or cut short; the message names the file and the record.</exception>
    public static IEnumerable<byte[]> Read(string path)
    {
        using var stream = Open(path);
        var header = new byte[HeaderBytes];
        for (long record = 0; ; record++)
        {
            var read = Fill(stream, header, path, record);
            if (read == 0)
            {
                yield break;
            }

            if (read < HeaderBytes)
            {
                throw new InvalidDataException($"{path}: record {record} is cut short within its length; the file is damaged.");
            }

            if (!IsRecordFile(header))
            {
                throw new InvalidDataException($"{path}: the length of record {record} does not match its checksum; {(record == 0 ? "this is no TFRecord file, or it is damaged" : "the file is damaged")}.");
            }

            yield return Body(stream, BinaryPrimitives.ReadUInt64LittleEndian(header), path, record);
        }
    }

    /// <summary>CRC-32C, rotated and shifted (tsl/lib/hash/crc32c.h, Mask), so that a checksum of data with checksums in it stays a good one.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        const uint Delta = 0xA282EAD8;
        const int Rotation = 15;
        var crc = uint.MaxValue;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, Rotation) + Delta;
    }

    private static byte[] Body(Stream stream, ulong length, string path, long record)
    {
        if (length > (ulong)(Array.MaxLength - FooterBytes))
        {
            throw new InvalidDataException($"{path}: record {record} claims {length} bytes; at most {Array.MaxLength - FooterBytes} can be read at once.");
        }

        var body = new byte[Math.Min((int)length + FooterBytes, Block)];
        var filled = 0;
        while (true)
        {
            var read = Fill(stream, body.AsSpan(filled), path, record);
            filled += read;
            if (filled < body.Length)
            {
                throw new InvalidDataException($"{path}: record {record} claims {length} bytes and the file ends {(long)length + FooterBytes - filled} bytes before its end; it is cut short.");
            }

            if (filled == (int)length + FooterBytes)
            {
                break;
            }

            Array.Resize(ref body, (int)Math.Min((long)length + FooterBytes, 2L * body.Length));
        }

        var data = body.AsSpan(0, (int)length);
        return Checksum(data) == BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan((int)length))
            ? data.ToArray()
            : throw new InvalidDataException($"{path}: record {record} does not match its checksum; the file is damaged.");
    }

    private static int Fill(Stream stream, Span<byte> buffer, string path, long record)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: record {record} can not be unpacked: {fault.Message}", fault);
        }
    }

    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> head = stackalloc byte[HeaderBytes];
        head = head[..file.ReadAtLeast(head, HeaderBytes, throwOnEndOfStream: false)];
        file.Position = 0;
        return head switch
        {
            _ when IsRecordFile(head) => file,
            [0x1F, 0x8B, ..] => new GZipStream(file, CompressionMode.Decompress),
            [0x78, 0x01 or 0x5E or 0x9C or 0xDA, ..] => new ZLibStream(file, CompressionMode.Decompress),
            _ => file,
        };
    }
}
