using System.Buffers.Binary;

namespace MlTransfer.Features.Cache;

/// <summary>The first 128 bytes of the index: magic, version, and two slots for the <see cref="IndexWitness"/>; the rest is zero.</summary>
internal static class IndexHeader
{
    public const int Bytes = 128;
    public const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "MLTFIDX\n"u8;

    /// <summary>A header whose slots hold the two witnesses.</summary>
    public static byte[] Render(IndexWitness even, IndexWitness odd)
    {
        var header = new byte[Bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Crc32C.Of(header.AsSpan(0, 12)));
        even.WriteTo(header);
        odd.WriteTo(header);
        return header;
    }

    /// <summary>The newest witness, and what is wrong with the header, if anything.</summary>
    public static (IndexWitness? Newest, string? Fault) Read(ReadOnlySpan<byte> header)
    {
        if (header.Length < Bytes)
        {
            return (null, $"the index's header is cut short: {header.Length} of {Bytes} bytes.");
        }

        var even = IndexWitness.Read(header, 0);
        var odd = IndexWitness.Read(header, 1);
        var newest = even is null ? odd : odd is null || even.Value.Sequence > odd.Value.Sequence ? even : odd;
        if (even is not { } first || odd is not { } second)
        {
            return (newest, "the index's header is damaged: one of its two witness slots does not match its checksum.");
        }

        return header[..Bytes].SequenceEqual(Render(first, second)) ? (newest, null) : (newest, "the index's header is damaged: magic, version or padding differ from what was written.");
    }
}
