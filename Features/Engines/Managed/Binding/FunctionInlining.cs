using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>
/// Puts the bodies of called functions in place of the calls (TensorFlow 2 wraps whole networks in one), so that what is inside can be
/// planned with the rest. The call's node stays as an IdentityN of the results: its tensors keep their names.
/// </summary>
/// <remarks>
/// Graphs with Switch are left alone: there a whole call may be dead, which single nodes of its body would not know. A call that is faulty
/// stays a call and is refused when it runs.
/// </remarks>
internal static class FunctionInlining
{
    private const int MaxDepth = 16;
    private const int MaxAdded = 20_000;

    /// <summary>The graph with its calls replaced; the graph itself where it has none.</summary>
    public static Graph Inline(Graph graph)
    {
        if (!graph.Nodes.Any(IsCall) || graph.Nodes.Concat(graph.Functions.Values.SelectMany(function => function.Nodes)).Any(node => node.Op == "Switch"))
        {
            return graph;
        }

        var names = graph.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var nodes = new List<GraphNode>();
        var open = new Queue<(GraphNode Node, int Depth)>(graph.Nodes.Select(node => (node, 0)));
        while (open.TryDequeue(out var entry))
        {
            var room = nodes.Count + open.Count < graph.Nodes.Count + MaxAdded && entry.Depth < MaxDepth;
            if (!IsCall(entry.Node) || !room || Expand(graph, entry.Node, names) is not { } body)
            {
                nodes.Add(entry.Node);
                continue;
            }

            nodes.Add(body.Call);
            foreach (var node in body.Nodes)
            {
                names.Add(node.Name);
                open.Enqueue((node, entry.Depth + 1));
            }
        }

        return new Graph(nodes, [.. graph.Functions.Values], graph.Producer, graph.Source);
    }

    private static bool IsCall(GraphNode node) =>
        node.Op is "PartitionedCall" or "StatefulPartitionedCall" && node.Attributes.TryGetValue("f", out var function) && function.Kind == AttributeKind.Function;

    private static (GraphNode Call, List<GraphNode> Nodes)? Expand(Graph graph, GraphNode call, HashSet<string> names)
    {
        var reference = call.Attributes["f"].Function;
        var data = call.Inputs.Where(input => !input.IsControl).ToList();
        if (!graph.Functions.TryGetValue(reference.Name, out var function) || function.Arguments.Count != data.Count ||
            !call.Attributes.TryGetValue("Tout", out var types) || types.Kind != AttributeKind.List || types.List.Count != function.Results.Count)
        {
            return null;
        }

        var arguments = new Dictionary<string, NodeInput>(StringComparer.Ordinal);
        for (var i = 0; i < data.Count; i++)
        {
            arguments[function.Arguments[i]] = data[i];
        }

        var own = function.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var legal = own.Count == function.Nodes.Count && !own.Overlaps(arguments.Keys) && arguments.Count == data.Count
            && function.Nodes.All(node => !names.Contains(Rename(node.Name)) && node.Inputs.All(IsKnown))
            && function.Results.All(result => function.Returns.TryGetValue(result, out var tensor) && !tensor.IsControl && IsKnown(tensor))
            && function.ControlReturns.All(own.Contains)
            && function.Nodes.All(node => node.Attributes.Values.All(value => value.Kind != AttributeKind.Placeholder || reference.Attributes.ContainsKey(value.Placeholder)));
        if (!legal)
        {
            return null;
        }

        var body = function.Nodes.Select(node => FunctionInstance.Of(node, reference) with { Name = Rename(node.Name), Inputs = [.. node.Inputs.Select(Replace)] }).ToList();
        List<NodeInput> inputs =
        [
            .. function.Results.Select(result => Replace(function.Returns[result])),
            .. call.Inputs.Where(input => input.IsControl),
            .. function.ControlReturns.Select(control => new NodeInput(Rename(control), null, -1)),
        ];
        return (new GraphNode(call.Name, "IdentityN", inputs, new Dictionary<string, AttributeValue> { ["T"] = types }), body);

        string Rename(string name) => $"{call.Name}/{name}";

        bool IsKnown(NodeInput input) => own.Contains(input.Node) || arguments.ContainsKey(input.Node);

        NodeInput Replace(NodeInput input)
        {
            if (!arguments.TryGetValue(input.Node, out var argument))
            {
                return input with { Node = Rename(input.Node) };
            }

            return input.IsControl ? new NodeInput(argument.Node, null, -1) : argument;
        }
    }
}
