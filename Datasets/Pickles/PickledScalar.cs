using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Pickles;

/// <summary>A NumPy scalar: its type and its bytes.</summary>
internal sealed record PickledScalar(NpyElementType Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>The scalar as an array without dimensions.</summary>
    public NpyArray ToArray() => NpyReader.FromRaw(Type, [], NpyReader.Strides([], Type.ItemBytes, fortranOrder: false), Data.Span);
}
