using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>What is known of the elements of small integer tensors: shapes, axes, sizes.</summary>
internal static class SymbolicElements
{
    private const int Most = 64;

    /// <summary>The elements of a constant scalar or vector of integers; null for anything else.</summary>
    public static IReadOnlyList<SymbolicExtent>? Of(Tensor constant) => constant.Count > Most || constant.Shape.Rank > 1
        ? null
        : constant.Type switch
        {
            DataType.Int32 => [.. constant.AsSpan<int>().ToArray().Select(value => (SymbolicExtent)value)],
            DataType.Int64 => [.. constant.AsSpan<long>().ToArray().Select(value => (SymbolicExtent)value)],
            _ => null,
        };

    /// <summary>The integers of a constant; null where it is not of integers.</summary>
    public static long[]? Integers(Tensor? constant) => constant?.Type switch
    {
        DataType.Int32 => Array.ConvertAll(constant.AsSpan<int>().ToArray(), value => (long)value),
        DataType.Int64 => constant.AsSpan<long>().ToArray(),
        _ => null,
    };
}
