using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Graphs;

/// <summary>Builds small graphs for tests.</summary>
internal sealed class GraphBuilder
{
    private readonly List<GraphNode> _nodes = [];
    private readonly List<GraphFunction> _functions = [];

    public GraphBuilder Placeholder(string name, DataType type = DataType.Float32, params long[] shape) =>
        Node(name, "Placeholder", [], ("dtype", AttributeValue.Of(type)), ("shape", AttributeValue.Of(new PartialShape(shape))));

    public GraphBuilder Const(string name, Tensor value, params string[] controls) =>
        Node(name, "Const", controls, ("dtype", AttributeValue.Of(value.Type)), ("value", AttributeValue.Of(value)));

    public GraphBuilder Const(string name, float value) => Const(name, Tensor.From(TensorShape.Scalar, new[] { value }));

    public GraphBuilder Const(string name, bool value) => Const(name, Tensor.From(TensorShape.Scalar, new[] { value }));

    public GraphBuilder Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        _nodes.Add(NodeOf(name, op, inputs, attributes));
        return this;
    }

    /// <summary>A node of one element type T, float.</summary>
    public GraphBuilder Float(string name, string op, params string[] inputs) => Node(name, op, inputs, ("T", AttributeValue.Of(DataType.Float32)));

    /// <summary>A function of one float argument "x" and one float result "y".</summary>
    public GraphBuilder Function(string name, string result, params GraphNode[] body)
    {
        _functions.Add(new GraphFunction(
            name, ["x"], [DataType.Float32], ["y"], body, new Dictionary<string, NodeInput> { ["y"] = NodeInput.Parse(result) }, []));
        return this;
    }

    /// <summary>A call of a function of one float argument and result.</summary>
    public GraphBuilder Call(string name, string function, string input)
    {
        _nodes.Add(CallOf(name, function, input));
        return this;
    }

    public static GraphNode CallOf(string name, string function, string input) => NodeOf(
        name,
        "PartitionedCall",
        [input],
        [
            ("Tin", AttributeValue.Of([AttributeValue.Of(DataType.Float32)])),
            ("Tout", AttributeValue.Of([AttributeValue.Of(DataType.Float32)])),
            ("f", AttributeValue.Of(new FunctionReference(function, new Dictionary<string, AttributeValue>()))),
        ]);

    public static GraphNode NodeOf(string name, string op, string[] inputs, (string Name, AttributeValue Value)[] attributes) =>
        new(name, op, [.. inputs.Select(NodeInput.Parse)], attributes.ToDictionary(pair => pair.Name, pair => pair.Value));

    public Graph Build() => new(_nodes, _functions, 1000, "test.pb");
}
