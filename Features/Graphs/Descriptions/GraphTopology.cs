using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>Who feeds whom in a graph.</summary>
internal sealed class GraphTopology
{
    private readonly HashSet<(string Node, int Output)> _consumed = [];
    private readonly HashSet<string> _decoded = new(StringComparer.Ordinal);

    public GraphTopology(Graph graph)
    {
        Graph = graph;
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
            {
                if (input.IsControl)
                {
                    // A check that only a control dependency asks for is no result.
                    if (graph.TryGetNode(input.Node, out var check) && check.Op is "CheckNumerics" or "CheckNumericsV2")
                    {
                        _consumed.Add((input.Node, 0));
                    }

                    continue;
                }

                _consumed.Add((input.Node, input.Index));
                if (node.Op.StartsWith("Decode", StringComparison.Ordinal))
                {
                    _decoded.Add(input.Node);
                }
            }
        }
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>The node that makes a data input, or null where there is no such input or node.</summary>
    public GraphNode? Producer(GraphNode node, int input)
    {
        var data = node.Inputs.Where(candidate => !candidate.IsControl).ElementAtOrDefault(input);
        return data.Node is not null && Graph.TryGetNode(data.Node, out var producer) ? producer : null;
    }

    /// <summary>Data inputs of a node that do not come from constants, with their positions.</summary>
    public IReadOnlyList<(GraphNode Producer, NodeInput Tensor)> VariableInputs(GraphNode node) =>
    [
        .. node.Inputs.Where(input => !input.IsControl)
            .Select(input => (Producer: Graph.TryGetNode(input.Node, out var producer) ? producer : null, Tensor: input))
            .Where(pair => pair.Producer is not null && !IsConstant(pair.Producer))
            .Select(pair => (pair.Producer!, pair.Tensor)),
    ];

    /// <summary>Placeholders, and constants that image decoders read.</summary>
    public IReadOnlyList<GraphInput> FindInputs() =>
    [
        .. Graph.Nodes
            .Where(node => node.Op is "Placeholder" or "PlaceholderV2" or "PlaceholderWithDefault" || (node.Op == "Const" && _decoded.Contains(node.Name)))
            .Select(node => new GraphInput(
                $"{node.Name}:0",
                node.Attributes.TryGetValue("dtype", out var type) && type.Kind == AttributeKind.Type ? type.Type : DataType.Invalid,
                node.Attributes.TryGetValue("shape", out var shape) && shape.Kind == AttributeKind.Shape ? Declared(node, shape.Shape)
                    : node.Op == "Const" ? new PartialShape([]) : PartialShape.Unknown,
                node.Op is "PlaceholderWithDefault" or "Const")),
    ];

    /// <summary>Outputs that nobody consumes; of constants and placeholders none.</summary>
    public IReadOnlyList<GraphOutput> FindOutputs()
    {
        var outputs = new List<GraphOutput>();
        foreach (var node in Graph.Nodes.Where(node => node.Op is not ("Const" or "Placeholder" or "PlaceholderV2" or "PlaceholderWithDefault")))
        {
            IReadOnlyList<DataType> types;
            try
            {
                types = NodeSignature.Of(node).OutputTypes;
            }
            catch (OperationException)
            {
                // Unknown or faulty, but worth listing all the same.
                types = [DataType.Invalid];
            }

            // A node of which one output is used is no end of the graph (Switch, Split, batch norm's statistics).
            if (types.Count > 0 && !Enumerable.Range(0, types.Count).Any(output => _consumed.Contains((node.Name, output))))
            {
                outputs.AddRange(types.Select((type, output) => new GraphOutput($"{node.Name}:{output}", node.Op, type)));
            }
        }

        return outputs;
    }

    private PartialShape Declared(GraphNode node, PartialShape shape) =>
        node.Op == "Placeholder" && Graph.Producer <= 21 && shape.Extents is { Count: 0 } ? PartialShape.Unknown : shape;

    private bool IsConstant(GraphNode node)
    {
        for (var steps = 0; steps < Graph.Nodes.Count; steps++)
        {
            if (node.Op == "Const")
            {
                return true;
            }

            if (node.Op is not ("Identity" or "Dequantize" or "Cast" or "Reshape" or "StopGradient") || Producer(node, 0) is not { } producer)
            {
                return false;
            }

            node = producer;
        }

        return false;
    }
}
