using System.Buffers.Binary;

namespace MlTransfer.Features.Cache;

/// <summary>How far the index is known to have been committed. What lies before it and cannot be read is damage; what lies after it was never reported as saved.</summary>
/// <param name="Sequence">Number of the commit.</param>
/// <param name="End">Length of the index with that commit, in bytes.</param>
internal readonly record struct IndexWitness(long Sequence, long End)
{
    private const int SlotBytes = 20;

    /// <summary>Writes the slot of this witness; commits take the two slots in turn, so that one is always whole.</summary>
    public void WriteTo(Span<byte> header)
    {
        var slot = header.Slice(SlotOffset(Sequence), SlotBytes);
        BinaryPrimitives.WriteInt64LittleEndian(slot, Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], End);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[16..], Crc32C.Of(slot[..16]));
    }

    /// <summary>Place and length of the slot of a commit.</summary>
    public static (int Offset, int Length) Slot(long sequence) => (SlotOffset(sequence), SlotBytes);

    /// <summary>The witness in one of the two slots, or null when the slot is damaged.</summary>
    public static IndexWitness? Read(ReadOnlySpan<byte> header, int slotNumber)
    {
        var slot = header.Slice(SlotOffset(slotNumber), SlotBytes);
        var witness = new IndexWitness(BinaryPrimitives.ReadInt64LittleEndian(slot), BinaryPrimitives.ReadInt64LittleEndian(slot[8..]));
        var valid = Crc32C.Of(slot[..16]) == BinaryPrimitives.ReadUInt32LittleEndian(slot[16..])
            && witness.Sequence >= 0 && (witness.Sequence & 1) == slotNumber && witness.End >= IndexHeader.Bytes;
        return valid ? witness : null;
    }

    private static int SlotOffset(long sequence) => (sequence & 1) == 0 ? 16 : 48;
}
