using Google.Protobuf;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>Writes a graph as a binary GraphDef, as TensorFlow's frozen graphs are. Functions are not written.</summary>
/// <remarks>Source: tensorflow/core/framework/graph.proto. Stateless, hence thread-safe.</remarks>
public static class GraphDefWriter
{
    /// <summary>GraphDef version stated where the graph does not know its own: TensorFlow 1.15's.</summary>
    private const int DefaultProducer = 134;

    /// <summary>The bytes of a .pb file.</summary>
    /// <param name="graph">The graph; without functions.</param>
    /// <exception cref="NotSupportedException">The graph has functions, or an attribute that is not written.</exception>
    public static byte[] Write(Graph graph) => ToGraphDef(graph).ToByteArray();

    /// <summary>The message that a file holds.</summary>
    internal static GraphDef ToGraphDef(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (graph.Functions.Count > 0)
        {
            throw new NotSupportedException($"{graph.Source}: graphs with functions are not written.");
        }

        var definition = new GraphDef { Versions = new VersionDef { Producer = graph.Producer > 0 ? graph.Producer : DefaultProducer } };
        definition.Node.AddRange(graph.Nodes.Select(ToNodeDef));
        return definition;
    }

    private static NodeDef ToNodeDef(GraphNode node)
    {
        var definition = new NodeDef { Name = node.Name, Op = node.Op };
        definition.Input.AddRange(node.Inputs.Select(input => input is { IsControl: false, Index: 0, Output: null } ? input.Node : input.ToString()));
        foreach (var (name, value) in node.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            definition.Attr.Add(name, ToAttrValue(value));
        }

        return definition;
    }

    private static AttrValue ToAttrValue(AttributeValue value) => value.Kind switch
    {
        AttributeKind.Bytes => new AttrValue { S = ByteString.CopyFrom(value.Bytes) },
        AttributeKind.Int => new AttrValue { I = value.Int },
        AttributeKind.Float => new AttrValue { F = value.Float },
        AttributeKind.Bool => new AttrValue { B = value.Bool },
        AttributeKind.Type => new AttrValue { Type = (int)value.Type },
        AttributeKind.Shape => new AttrValue { Shape = ToShapeProto(value.Shape) },
        AttributeKind.Tensor => new AttrValue { Tensor = ToTensorProto(value.Tensor) },
        AttributeKind.List => new AttrValue { List = ToListValue(value.List) },
        _ => throw new NotSupportedException($"Attributes of kind {value.Kind} are not written."),
    };

    private static AttrValue.Types.ListValue ToListValue(IReadOnlyList<AttributeValue> elements)
    {
        var list = new AttrValue.Types.ListValue();
        foreach (var element in elements)
        {
            switch (element.Kind)
            {
                case AttributeKind.Bytes: list.S.Add(ByteString.CopyFrom(element.Bytes)); break;
                case AttributeKind.Int: list.I.Add(element.Int); break;
                case AttributeKind.Float: list.F.Add(element.Float); break;
                case AttributeKind.Bool: list.B.Add(element.Bool); break;
                case AttributeKind.Type: list.Type.Add((int)element.Type); break;
                case AttributeKind.Shape: list.Shape.Add(ToShapeProto(element.Shape)); break;
                case AttributeKind.Tensor: list.Tensor.Add(ToTensorProto(element.Tensor)); break;
                default: throw new NotSupportedException($"Lists of {element.Kind} are not written.");
            }
        }

        return list;
    }

    internal static TensorShapeProto ToShapeProto(PartialShape shape)
    {
        var proto = new TensorShapeProto { UnknownRank = shape.Extents is null };
        proto.Dim.AddRange((shape.Extents ?? []).Select(extent => new TensorShapeProto.Types.Dim { Size = extent }));
        return proto;
    }

    private static TensorProto ToTensorProto(Tensor tensor)
    {
        var proto = new TensorProto { Dtype = (int)tensor.Type, TensorShape = ToShapeProto(new PartialShape([.. tensor.Shape.ToArray().Select(extent => (long)extent)])) };
        if (tensor.Type == DataType.String)
        {
            proto.StringVal.AddRange(tensor.AsSpan<byte[]>().ToArray().Select(element => ByteString.CopyFrom(element)));
        }
        else
        {
            proto.TensorContent = ByteString.CopyFrom(tensor.AsBytes());
        }

        return proto;
    }
}
