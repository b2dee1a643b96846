using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>
/// Puts the bodies of called functions in the place of the calls, so that the other passes see through them. A call that is not as it should be
/// stays, and whoever reaches it reports it.
/// </summary>
internal static class FunctionInlining
{
    /// <summary>Deepest nesting that is inlined; a function that calls itself never ends.</summary>
    private const int MaxDepth = 16;

    /// <summary>Most nodes that a graph may grow to.</summary>
    private const int MaxNodes = 200_000;

    /// <summary>Gives a graph without the calls that can be inlined; the same graph where there is none.</summary>
    public static Graph Run(Graph graph)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            var names = graph.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
            var nodes = new List<GraphNode>(graph.Nodes.Count);
            var inlined = false;
            foreach (var node in graph.Nodes)
            {
                if (nodes.Count < MaxNodes && Inline(graph, node, names) is { } body)
                {
                    nodes.AddRange(body);
                    inlined = true;
                }
                else
                {
                    nodes.Add(node);
                }
            }

            if (!inlined)
            {
                return graph;
            }

            graph = new Graph(nodes, [.. graph.Functions.Values], graph.Producer, graph.Source);
        }

        return graph;
    }

    private static List<GraphNode>? Inline(Graph graph, GraphNode call, HashSet<string> names)
    {
        var inputs = call.Inputs.Where(input => !input.IsControl).ToArray();
        if (call.Op is not ("PartitionedCall" or "StatefulPartitionedCall")
            || !call.Attributes.TryGetValue("f", out var target) || target.Kind != AttributeKind.Function
            || !graph.Functions.TryGetValue(target.Function.Name, out var function)
            || !call.Attributes.TryGetValue("Tout", out var types) || types.Kind != AttributeKind.List || types.List.Count != function.Results.Count || types.List.Count == 0
            || function.Arguments.Count != inputs.Length)
        {
            return null;
        }

        var prefix = $"{call.Name}/{function.Name}/";
        while (function.Nodes.Any(node => names.Contains(prefix + node.Name)))
        {
            prefix += "_";
        }

        var arguments = new Dictionary<string, NodeInput>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            arguments[function.Arguments[i]] = inputs[i];
        }

        var members = function.Nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var body = new List<GraphNode>(function.Nodes.Count + 1);
        foreach (var node in function.Nodes)
        {
            if (Instantiate(node, target.Function) is not { } attributes || node.Inputs.Any(input => !members.Contains(input.Node) && !arguments.ContainsKey(input.Node)))
            {
                return null;
            }

            body.Add(new GraphNode(prefix + node.Name, node.Op, [.. node.Inputs.Select(Rename)], attributes));
        }

        var results = new List<NodeInput>();
        foreach (var result in function.Results)
        {
            if (!function.Returns.TryGetValue(result, out var tensor) || tensor.IsControl || (!members.Contains(tensor.Node) && !arguments.ContainsKey(tensor.Node)))
            {
                return null;
            }

            results.Add(Rename(tensor));
        }

        if (!function.ControlReturns.All(members.Contains))
        {
            return null;
        }

        var controls = call.Inputs.Where(input => input.IsControl).Concat(function.ControlReturns.Select(name => new NodeInput(prefix + name, null, -1)));
        body.Add(new GraphNode(call.Name, "IdentityN", [.. results, .. controls], new Dictionary<string, AttributeValue> { ["T"] = types }));
        names.UnionWith(body.Select(node => node.Name));
        return body;

        NodeInput Rename(NodeInput input) => !arguments.TryGetValue(input.Node, out var argument)
            ? input with { Node = prefix + input.Node }
            : input.IsControl ? new NodeInput(argument.Node, null, -1) : argument;
    }

    /// <summary>A body node's attributes with the caller's values put in; null where the caller gives too few.</summary>
    private static Dictionary<string, AttributeValue>? Instantiate(GraphNode node, FunctionReference reference)
    {
        var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (name, value) in node.Attributes)
        {
            var given = value;
            if (value.Kind == AttributeKind.Placeholder && !reference.Attributes.TryGetValue(value.Placeholder, out given))
            {
                return null;
            }

            attributes.Add(name, given!);
        }

        return attributes;
    }
}
