using System.Globalization;
using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>Attributes of nodes as protobuf's JSON has them: 64-bit integers as texts, bytes in base 64, types by name.</summary>
internal static class GraphDefJson
{
    /// <summary>TensorFlow's name of a type.</summary>
    public static string TypeName(DataType type) => type switch
    {
        DataType.Float32 => "DT_FLOAT",
        DataType.Float64 => "DT_DOUBLE",
        _ => $"DT_{type.ToString().ToUpperInvariant()}",
    };

    /// <summary>A type.</summary>
    public static JsonObject Type(DataType type) => new() { ["type"] = TypeName(type) };

    /// <summary>A shape.</summary>
    public static JsonObject Shape(PartialShape shape) => new() { ["shape"] = Dimensions(shape.Extents) };

    /// <summary>The extents of a shape; null for one of which nothing is known.</summary>
    public static JsonObject Dimensions(IEnumerable<long>? extents) => extents is null
        ? new JsonObject { ["unknownRank"] = true }
        : new JsonObject { ["dim"] = new JsonArray([.. extents.Select(extent => (JsonNode)new JsonObject { ["size"] = Text(extent) })]) };

    /// <summary>All attributes of a node, registered defaults among them.</summary>
    public static JsonObject Attributes(BoundNode node) => new(node.Attributes
        .Where(pair => pair.Value.Kind is not (AttributeKind.Tensor or AttributeKind.Function or AttributeKind.Placeholder))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Value(pair.Value))));

    private static JsonObject Value(AttributeValue value)
    {
        if (value.Kind != AttributeKind.List)
        {
            var (name, content) = Scalar(value);
            return new JsonObject { [name] = content };
        }

        if (value.List.Count == 0)
        {
            return new JsonObject { ["list"] = new JsonObject() };
        }

        return new JsonObject { ["list"] = new JsonObject { [Scalar(value.List[0]).Name] = new JsonArray([.. value.List.Select(element => Scalar(element).Content)]) } };
    }

    private static (string Name, JsonNode Content) Scalar(AttributeValue value) => value.Kind switch
    {
        AttributeKind.Bytes => ("s", System.Convert.ToBase64String(value.Bytes)),
        AttributeKind.Int => ("i", Text(value.Int)),
        AttributeKind.Float => ("f", value.Float),
        AttributeKind.Bool => ("b", value.Bool),
        AttributeKind.Type => ("type", TypeName(value.Type)),
        AttributeKind.Shape => ("shape", Dimensions(value.Shape.Extents)),
        _ => throw new NotSupportedException($"attributes of kind {value.Kind} are not written"),
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
