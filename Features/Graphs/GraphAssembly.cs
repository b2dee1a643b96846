using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>A graph in the making: nodes taken from another one and new ones, with names that do not collide. Not thread-safe.</summary>
public sealed class GraphAssembly
{
    private readonly List<GraphNode> _nodes = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reserved = new(StringComparer.Ordinal);

    /// <summary>Keeps names free for nodes that are included later.</summary>
    public void Reserve(IEnumerable<string> names) => _reserved.UnionWith(names);

    /// <summary>Adds a node as it is.</summary>
    /// <exception cref="GraphFormatException">There is a node of that name.</exception>
    public void Include(GraphNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!_names.Add(node.Name))
        {
            throw new GraphFormatException($"two nodes would be named '{node.Name}'; names must be unique");
        }

        _nodes.Add(node);
    }

    /// <summary>Adds a node and returns its first output.</summary>
    /// <param name="name">Its name; where that is taken, TensorFlow's way is followed: name_1, name_2 …</param>
    /// <param name="op">Operation type.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="attributes">Attributes.</param>
    public NodeInput Add(string name, string op, IReadOnlyList<NodeInput> inputs, params IEnumerable<(string Name, AttributeValue Value)> attributes)
    {
        var unique = name;
        for (var i = 1; _names.Contains(unique) || _reserved.Contains(unique); i++)
        {
            unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        Include(new GraphNode(unique, op, inputs, attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal)));
        return new NodeInput(unique, null, 0);
    }

    /// <summary>Adds a constant.</summary>
    public NodeInput Constant(string name, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add(name, "Const", [], ("dtype", AttributeValue.Of(value.Type)), ("value", AttributeValue.Of(value)));
    }

    /// <summary>Adds a placeholder.</summary>
    public NodeInput Placeholder(string name, DataType type, PartialShape shape) => Add(name, "Placeholder", [], ("dtype", AttributeValue.Of(type)), ("shape", AttributeValue.Of(shape)));

    /// <summary>The graph as it is now.</summary>
    /// <param name="producer">GraphDef version of the program that wrote what was taken over; 0 where unknown.</param>
    /// <param name="source">What to call it in messages.</param>
    public Graph ToGraph(int producer, string source) => new([.. _nodes], [], producer, source);
}
