using Google.Protobuf;
using MlTransfer.Features.Graphs.Onnx.Format;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>What an ONNX model holds. Immutable; safe from any thread.</summary>
/// <param name="Producer">The program that wrote it.</param>
/// <param name="OperatorSet">Version of the default operator set.</param>
/// <param name="Inputs">Inputs as "name type[extents]".</param>
/// <param name="Outputs">Outputs likewise.</param>
/// <param name="Operations">Nodes by operation.</param>
/// <param name="ParameterCount">Elements of all constants.</param>
/// <param name="ParameterBytes">Their bytes in the file.</param>
/// <param name="Metadata">Texts by key.</param>
public sealed record OnnxDescription(
    string Producer,
    long OperatorSet,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, int> Operations,
    long ParameterCount,
    long ParameterBytes,
    IReadOnlyDictionary<string, string> Metadata)
{
    private static readonly string[] s_types =
        ["?", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32", "uint64", "complex64", "complex128", "bfloat16"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="GraphFormatException">Not an ONNX model; the message begins with the path.</exception>
    public static OnnxDescription Read(string path)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new GraphFormatException($"{path}: not an ONNX model: {fault.Message}", fault);
        }

        if (model.Graph is not { Node.Count: > 0 } graph)
        {
            throw new GraphFormatException($"{path}: the file holds no nodes; an ONNX model is expected");
        }

        var constants = graph.Initializer.Select(constant => constant.Name).ToHashSet(StringComparer.Ordinal);
        return new OnnxDescription(
            model.ProducerName,
            model.OpsetImport.FirstOrDefault(set => set.Domain.Length == 0)?.Version ?? 0,
            [.. graph.Input.Where(input => !constants.Contains(input.Name)).Select(Describe)],
            [.. graph.Output.Select(Describe)],
            graph.Node.GroupBy(node => node.OpType, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            graph.Initializer.Sum(constant => constant.Dims.Aggregate(1L, (product, extent) => unchecked(product * extent))),
            graph.Initializer.Sum(constant => (long)constant.RawData.Length),
            model.MetadataProps.GroupBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal));
    }

    private static string Describe(ValueInfoProto value)
    {
        var tensor = value.Type?.TensorType;
        var type = tensor?.ElemType is > 0 and var number && number < s_types.Length ? s_types[number] : s_types[0];
        var shape = tensor?.Shape is { } stated
            ? $"[{string.Join(",", stated.Dim.Select(extent => extent.ValueCase switch
            {
                TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => extent.DimValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
                TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => extent.DimParam,
                _ => "?",
            }))}]"
            : "<unknown>";
        return $"{value.Name} {type} {shape}";
    }
}
