using Google.Protobuf;
using MlTransfer.Features.Graphs.TensorFlow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>Reads TensorFlow's frozen graphs: GraphDef, as `freeze_graph` and `convert_variables_to_constants` write it, in binary (.pb) or text form (.pbtxt).</summary>
/// <remarks>Source: tensorflow/core/framework/graph.proto. The form is told by the content. Stateless, hence thread-safe.</remarks>
public static class GraphDefReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="GraphFormatException">Not a GraphDef, or not a legal one; the message begins with the path.</exception>
    public static Graph Read(string path) => Directory.Exists(path)
        ? throw new GraphFormatException(NoGraph(path, OtherFormats.DescribeFolder(path)))
        : Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">A GraphDef, binary or text.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <exception cref="GraphFormatException">Not a GraphDef, or not a legal one.</exception>
    public static Graph Parse(ReadOnlySpan<byte> file, string source)
    {
        GraphDef definition;
        if (TextGraphReader.IsTextGraph(file))
        {
            return FromGraphDef(TextGraphReader.Parse(file, source), source);
        }

        try
        {
            definition = GraphDef.Parser.ParseFrom(file);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new GraphFormatException(OtherFormats.Describe(file) is { } other ? NoGraph(source, other) : $"{source}: not a binary GraphDef, or cut short or damaged: {fault.Message}", fault);
        }

        return definition.Node.Count > 0 || OtherFormats.Describe(file) is not { } found ? FromGraphDef(definition, source) : throw new GraphFormatException(NoGraph(source, found));
    }

    /// <summary>Reads a parsed graph.</summary>
    /// <exception cref="GraphFormatException">Not a legal one.</exception>
    internal static Graph FromGraphDef(GraphDef definition, string source)
    {
        if (definition.Node.Count == 0)
        {
            throw new GraphFormatException(NoGraph(source, "the file holds no nodes"));
        }

        try
        {
            return new Graph(
                [.. definition.Node.Select(ToNode)],
                [.. (definition.Library?.Function ?? []).Select(ToFunction)],
                definition.Versions?.Producer ?? 0,
                source);
        }
        catch (GraphFormatException fault) when (!fault.Message.StartsWith(source, StringComparison.Ordinal))
        {
            throw new GraphFormatException($"{source}: {fault.Message}", fault);
        }
    }

    private static string NoGraph(string source, string found) => $"{source}: {found}. A frozen TensorFlow graph (binary GraphDef, .pb) was expected.";

    private static GraphNode ToNode(NodeDef node)
    {
        if (node.Name.Length == 0 || node.Op.Length == 0)
        {
            throw new GraphFormatException($"a node has no {(node.Name.Length == 0 ? "name" : $"op (node '{node.Name}')")}; the file is damaged or not a GraphDef");
        }

        return new GraphNode(node.Name, node.Op, [.. node.Input.Select(NodeInput.Parse)], ToAttributes(node.Attr, node.Name));
    }

    private static GraphFunction ToFunction(FunctionDef function)
    {
        var signature = function.Signature ?? throw new GraphFormatException("a function of the library has no signature");
        return new GraphFunction(
            signature.Name,
            [.. signature.InputArg.Select(argument => argument.Name)],
            [.. signature.InputArg.Select(argument => (DataType)argument.Type)],
            [.. signature.OutputArg.Select(argument => argument.Name)],
            [.. function.NodeDef.Select(ToNode)],
            function.Ret.ToDictionary(pair => pair.Key, pair => NodeInput.Parse(pair.Value), StringComparer.Ordinal),
            [.. function.ControlRet.Values]);
    }

    private static Dictionary<string, AttributeValue> ToAttributes(IDictionary<string, AttrValue> attributes, string node) =>
        attributes.ToDictionary(pair => pair.Key, pair => ToAttribute(pair.Value, $"node '{node}', attribute '{pair.Key}'"), StringComparer.Ordinal);

    private static AttributeValue ToAttribute(AttrValue value, string where) => value.ValueCase switch
    {
        AttrValue.ValueOneofCase.S => AttributeValue.Of(value.S.ToByteArray()),
        AttrValue.ValueOneofCase.I => AttributeValue.Of(value.I),
        AttrValue.ValueOneofCase.F => AttributeValue.Of(value.F),
        AttrValue.ValueOneofCase.B => AttributeValue.Of(value.B),
        AttrValue.ValueOneofCase.Type => AttributeValue.Of((DataType)value.Type),
        AttrValue.ValueOneofCase.Shape => AttributeValue.Of(ToShape(value.Shape)),
        AttrValue.ValueOneofCase.Tensor => ToTensor(value.Tensor, where),
        AttrValue.ValueOneofCase.Func => AttributeValue.Of(ToReference(value.Func, where)),
        AttrValue.ValueOneofCase.Placeholder => AttributeValue.OfPlaceholder(value.Placeholder),
        AttrValue.ValueOneofCase.List => AttributeValue.Of(ToList(value.List, where)),
        _ => AttributeValue.Of((IReadOnlyList<AttributeValue>)[]),
    };

    private static AttributeValue[] ToList(AttrValue.Types.ListValue list, string where) =>
    [
        .. list.S.Select(element => AttributeValue.Of(element.ToByteArray())),
        .. list.I.Select(AttributeValue.Of),
        .. list.F.Select(AttributeValue.Of),
        .. list.B.Select(AttributeValue.Of),
        .. list.Type.Select(element => AttributeValue.Of((DataType)element)),
        .. list.Shape.Select(element => AttributeValue.Of(ToShape(element))),
        .. list.Tensor.Select(element => ToTensor(element, where)),
        .. list.Func.Select(element => AttributeValue.Of(ToReference(element, where))),
    ];

    private static AttributeValue ToTensor(TensorProto tensor, string where) =>
        AttributeValue.OfLazy((DataType)tensor.Dtype, ToShape(tensor.TensorShape ?? new TensorShapeProto()), () => TensorProtoReader.Read(tensor, where));

    private static FunctionReference ToReference(NameAttrList reference, string where) => new(reference.Name, ToAttributes(reference.Attr, where));

    internal static PartialShape ToShape(TensorShapeProto shape) =>
        shape.UnknownRank ? PartialShape.Unknown : new PartialShape([.. shape.Dim.Select(dimension => dimension.Size)]);
}
