namespace MlTransfer.Datasets.Arrays;

/// <summary>One tensor that a safetensors header describes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The format's type name: F64, F32, F16, BF16, F8_E5M2, F8_E4M3, F8_E8M0, C64, I64 … I8, U64 … U8 or BOOL.</param>
/// <param name="Shape">Extent of each dimension; empty for a scalar.</param>
/// <param name="Begin">Where its bytes begin, counted from the end of the header.</param>
/// <param name="End">Where its bytes end (exclusive).</param>
public sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Bytes the tensor takes.</summary>
    public long ByteCount => End - Begin;
}
