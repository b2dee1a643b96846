using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>How each of TensorFlow's operations is written, by name. Immutable; safe from any thread.</summary>
internal static class ConversionTable
{
    private static readonly FrozenDictionary<string, Action<OnnxNodeContext>> s_conversions = new IReadOnlyDictionary<string, Action<OnnxNodeContext>>[]
    {
        UnaryConversions.All,
        BinaryConversions.All,
        TypeConversions.All,
        ConvolutionConversions.All,
        PoolingConversions.All,
        NormalizationConversions.All,
        MatrixConversions.All,
        ReductionConversions.All,
        ShapeConversions.All,
        FillConversions.All,
        JoinConversions.All,
        SliceConversions.All,
        PaddingConversions.All,
        ImageConversions.All,
    }.SelectMany(family => family).ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Names of the operations that can be written, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_conversions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds an operation's conversion.</summary>
    public static bool TryGet(string op, [NotNullWhen(true)] out Action<OnnxNodeContext>? convert) => s_conversions.TryGetValue(op, out convert);
}
