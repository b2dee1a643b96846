namespace MlTransfer.Datasets.Arrays;

/// <summary>One tensor to be written to a safetensors file.</summary>
/// <param name="Name">Its name; any text but <c>__metadata__</c>.</param>
/// <param name="Type">The format's type name, such as F32.</param>
/// <param name="Shape">Extent of each dimension; empty for a scalar.</param>
/// <param name="Data">The elements' bytes, little-endian, C order.</param>
public sealed record SafetensorsTensor(string Name, string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data);
