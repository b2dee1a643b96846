using System.Buffers.Binary;
using System.Text;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>One record of the index.</summary>
/// <remarks>
/// Layout, little-endian: payload length (4 bytes), kind (1), payload, CRC-32C (4) over the record's own offset in the file (8 bytes), length, kind and
/// payload. The offset is covered so that a record that lies where it was not written is no record. Payloads: Manifest: bytes. Row: row (8), SHA-256 (32), checksum
/// of the row's bytes (4). Assigned: row (8), length of the path in bytes (4), path, label. Removed: path. Dropped, Truncated: row (8).
/// Commit: number of the commit (8), rows of the matrix (8). Texts are UTF-8.
/// </remarks>
internal sealed record IndexRecord(IndexRecordKind Kind)
{
    /// <summary>Bytes of a record beside its payload.</summary>
    public const int Frame = 9;

    /// <summary>Longest path and label, in bytes of UTF-8.</summary>
    public const int MaxText = 32_768;

    private const int MaxPayload = 12 + (2 * MaxText);

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public int Row { get; init; }

    public ContentHash Hash { get; init; }

    public uint Checksum { get; init; }

    public string Path { get; init; } = "";

    public string Label { get; init; } = "";

    public long Sequence { get; init; }

    public byte[] Manifest { get; init; } = [];

    /// <summary>Bytes of a Commit record, which has a fixed length.</summary>
    public static int CommitBytes => Frame + 16;

    /// <summary>UTF-8 of a path or label.</summary>
    /// <exception cref="FeatureCacheException">Too long, or not valid Unicode.</exception>
    public static byte[] Encode(string text, string what)
    {
        try
        {
            var bytes = StrictUtf8.GetBytes(text);
            return bytes.Length <= MaxText ? bytes : throw new FeatureCacheException($"A {what} of {bytes.Length} bytes cannot be stored; at most {MaxText} are accepted: {text[..100]}…");
        }
        catch (EncoderFallbackException fault)
        {
            throw new FeatureCacheException($"The {what} '{text}' is not valid Unicode and cannot be stored; rename it.", fault);
        }
    }

    /// <summary>Appends the record's bytes to <paramref name="target"/>, for the place <paramref name="offset"/> of the file.</summary>
    public void WriteTo(MemoryStream target, long offset)
    {
        var payload = Payload();
        Span<byte> head = stackalloc byte[13];
        BinaryPrimitives.WriteInt64LittleEndian(head, offset);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], payload.Length);
        head[12] = (byte)Kind;
        Span<byte> checksum = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Crc32C.Append(Crc32C.Of(head), payload));
        target.Write(head[8..]);
        target.Write(payload);
        target.Write(checksum);
    }

    /// <summary>Reads the record at <paramref name="offset"/>.</summary>
    /// <param name="index">The whole index.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>The record, or null where there is none that is whole and valid.</returns>
    public static IndexRecord? TryRead(ReadOnlySpan<byte> index, int offset, out int length)
    {
        length = 0;
        var rest = index[offset..];
        if (rest.Length < Frame)
        {
            return null;
        }

        var payloadLength = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (payloadLength > MaxPayload || payloadLength > rest.Length - Frame || rest[4] is < 1 or > (byte)IndexRecordKind.Commit)
        {
            return null;
        }

        Span<byte> place = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        var body = rest[..(5 + (int)payloadLength)];
        if (Crc32C.Append(Crc32C.Of(place), body) != BinaryPrimitives.ReadUInt32LittleEndian(rest[body.Length..]))
        {
            return null;
        }

        length = Frame + (int)payloadLength;
        return Parse((IndexRecordKind)rest[4], body[5..]);
    }

    private static IndexRecord? Parse(IndexRecordKind kind, ReadOnlySpan<byte> payload)
    {
        try
        {
            return kind switch
            {
                IndexRecordKind.Manifest => new IndexRecord(kind) { Manifest = payload.ToArray() },
                IndexRecordKind.Row when payload.Length == 12 + ContentHash.Bytes => new IndexRecord(kind)
                {
                    Row = Number(payload),
                    Hash = new ContentHash(payload.Slice(8, ContentHash.Bytes)),
                    Checksum = BinaryPrimitives.ReadUInt32LittleEndian(payload[(8 + ContentHash.Bytes)..]),
                },
                IndexRecordKind.Assigned when payload.Length >= 12 && BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]) is var pathBytes && pathBytes <= payload.Length - 12 =>
                    new IndexRecord(kind)
                    {
                        Row = Number(payload),
                        Path = StrictUtf8.GetString(payload.Slice(12, (int)pathBytes)),
                        Label = StrictUtf8.GetString(payload[(12 + (int)pathBytes)..]),
                    },
                IndexRecordKind.Removed => new IndexRecord(kind) { Path = StrictUtf8.GetString(payload) },
                IndexRecordKind.Dropped or IndexRecordKind.Truncated when payload.Length == 8 => new IndexRecord(kind) { Row = Number(payload) },
                IndexRecordKind.Commit when payload.Length == 16 => new IndexRecord(kind) { Sequence = BinaryPrimitives.ReadInt64LittleEndian(payload), Row = Number(payload[8..]) },
                _ => null,
            };
        }
        catch (Exception fault) when (fault is DecoderFallbackException or OverflowException)
        {
            return null;
        }
    }

    private static int Number(ReadOnlySpan<byte> payload)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(payload);
        return value is >= 0 and <= int.MaxValue ? (int)value : throw new OverflowException();
    }

    private byte[] Payload()
    {
        using var payload = new MemoryStream();
        Span<byte> number = stackalloc byte[8];
        if (Kind is IndexRecordKind.Commit)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, Sequence);
            payload.Write(number);
        }

        if (Kind is not (IndexRecordKind.Manifest or IndexRecordKind.Removed))
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, Row);
            payload.Write(number);
        }

        switch (Kind)
        {
            case IndexRecordKind.Manifest:
                payload.Write(Manifest);
                break;
            case IndexRecordKind.Row:
                Span<byte> digest = stackalloc byte[ContentHash.Bytes + 4];
                Hash.CopyTo(digest);
                BinaryPrimitives.WriteUInt32LittleEndian(digest[ContentHash.Bytes..], Checksum);
                payload.Write(digest);
                break;
            case IndexRecordKind.Assigned:
                var path = Encode(Path, "path");
                BinaryPrimitives.WriteInt32LittleEndian(number, path.Length);
                payload.Write(number[..4]);
                payload.Write(path);
                payload.Write(Encode(Label, "label"));
                break;
            case IndexRecordKind.Removed:
                payload.Write(Encode(Path, "path"));
                break;
        }

        return payload.ToArray();
    }
}
