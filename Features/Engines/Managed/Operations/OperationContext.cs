using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>What a kernel sees of its node: the inputs' values and the attributes, defaults filled in.</summary>
internal sealed class OperationContext
{
    private readonly IReadOnlyDictionary<string, AttributeValue> _attributes;

    /// <summary>Makes a context.</summary>
    /// <param name="node">The node, for messages.</param>
    /// <param name="attributes">All attributes the operation registers, checked, defaults filled in.</param>
    /// <param name="inputs">Values of the data inputs, in order.</param>
    /// <param name="producer">GraphDef version of the graph's producer.</param>
    public OperationContext(GraphNode node, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<Tensor> inputs, int producer)
    {
        Node = node;
        _attributes = attributes;
        Inputs = inputs;
        Producer = producer;
    }

    /// <summary>The node.</summary>
    public GraphNode Node { get; }

    /// <summary>Values of the data inputs, in order.</summary>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>GraphDef version of the graph's producer; a few old ops depend on it.</summary>
    public int Producer { get; }

    /// <summary>An attribute as it is.</summary>
    public AttributeValue Attribute(string name) => _attributes.TryGetValue(name, out var value) ? value : throw Fail($"attribute '{name}' is missing");

    /// <summary>An integer attribute.</summary>
    public long Int(string name) => Attribute(name).Int;

    /// <summary>A float attribute.</summary>
    public float Float(string name) => Attribute(name).Float;

    /// <summary>A boolean attribute.</summary>
    public bool Bool(string name) => Attribute(name).Bool;

    /// <summary>A text attribute.</summary>
    public string Text(string name) => Attribute(name).Text;

    /// <summary>An element type attribute.</summary>
    public DataType Type(string name) => Attribute(name).Type;

    /// <summary>A list of integers.</summary>
    public long[] Ints(string name) => [.. Attribute(name).List.Select(element => element.Int)];

    /// <summary>An error that names the node: <c>throw context.Fail("found …; expected …")</c>.</summary>
    public OperationException Fail(string message) => new($"node '{Node.Name}' ({Node.Op}): {message}");
}
