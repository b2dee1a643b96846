namespace MlTransfer.Features.Graphs;

/// <summary>A computation as a model file states it: nodes joined by named tensors. Immutable; safe from any thread.</summary>
/// <remarks>Every model format is read into this one form; engines compile it.</remarks>
public sealed class Graph
{
    private readonly Dictionary<string, GraphNode> _byName;

    /// <summary>Makes a graph and checks that node names are unique.</summary>
    /// <param name="nodes">Nodes in the file's order.</param>
    /// <param name="functions">The function library; empty where there is none.</param>
    /// <param name="producer">GraphDef version of the program that wrote it; decides a few ops' meaning. 0 where unknown.</param>
    /// <param name="source">What to call the graph in messages, most often the file's path.</param>
    /// <exception cref="GraphFormatException">Two nodes or functions have one name.</exception>
    public Graph(IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphFunction> functions, int producer, string source)
    {
        Nodes = nodes;
        Producer = producer;
        Source = source;
        _byName = new Dictionary<string, GraphNode>(nodes.Count, StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (!_byName.TryAdd(node.Name, node))
            {
                throw new GraphFormatException($"{source}: two nodes are named '{node.Name}' ({_byName[node.Name].Op} and {node.Op}); names must be unique");
            }
        }

        var library = new Dictionary<string, GraphFunction>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            if (!library.TryAdd(function.Name, function))
            {
                throw new GraphFormatException($"{source}: two functions are named '{function.Name}'; names must be unique");
            }
        }

        Functions = library;
    }

    /// <summary>Nodes in the file's order.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>The function library by name.</summary>
    public IReadOnlyDictionary<string, GraphFunction> Functions { get; }

    /// <summary>GraphDef version of the program that wrote the graph; 0 where unknown.</summary>
    public int Producer { get; }

    /// <summary>What the graph is called in messages.</summary>
    public string Source { get; }

    /// <summary>Finds a node by name.</summary>
    public bool TryGetNode(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GraphNode? node) => _byName.TryGetValue(name, out node);
}
