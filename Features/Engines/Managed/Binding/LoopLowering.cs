using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>Turns the loops of TensorFlow 1 (Enter, Merge, Switch, NextIteration, Exit around LoopCond) into StatelessWhile with functions.</summary>
/// <remarks>
/// A loop variable is a Merge of an Enter and a NextIteration, and a Switch of that Merge by the LoopCond; an Enter that reaches no such
/// Merge is constant over the loop. Inner loops are turned first. What has another form stays as it is, and the binder refuses it if it is
/// needed. Source: TensorFlow, core/ops/control_flow_ops.cc; "Dynamic Control Flow in Large-Scale Machine Learning" (EuroSys 2018).
/// </remarks>
internal sealed class LoopLowering
{
    private readonly Dictionary<string, GraphNode> _nodes;
    private readonly List<string> _order;
    private readonly List<GraphFunction> _functions;

    private LoopLowering(Graph graph)
    {
        _order = [.. graph.Nodes.Select(node => node.Name)];
        _nodes = graph.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        _functions = [.. graph.Functions.Values];
    }

    /// <summary>The graph with its loops turned; the graph itself where it has none.</summary>
    public static Graph Lower(Graph graph)
    {
        if (!graph.Nodes.Any(node => node.Op == "Enter"))
        {
            return graph;
        }

        var lowering = new LoopLowering(graph);
        var frames = graph.Nodes.Where(node => node.Op == "Enter").GroupBy(FrameOf, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        for (var progress = true; progress;)
        {
            progress = frames.RemoveAll(lowering.TryLower) > 0;
        }

        return new Graph([.. lowering._order.Select(name => lowering._nodes[name])], lowering._functions, graph.Producer, graph.Source);
    }

    private static string FrameOf(GraphNode enter) =>
        enter.Attributes.TryGetValue("frame_name", out var name) && name.Kind == AttributeKind.Bytes ? name.Text : string.Empty;

    private static DataType TypeOf(GraphNode node) => node.Attributes.TryGetValue("T", out var type) && type.Kind == AttributeKind.Type ? type.Type : DataType.Invalid;

    private bool TryLower(List<GraphNode> enters)
    {
        var entered = enters.Select(enter => enter.Name).ToHashSet(StringComparer.Ordinal);
        var merges = _nodes.Values.Where(node => node.Op == "Merge" && node.Inputs.Count >= 2 && entered.Contains(node.Inputs[0].Node) && Op(node.Inputs[1]) == "NextIteration").ToList();
        var mergeNames = merges.Select(merge => merge.Name).ToHashSet(StringComparer.Ordinal);
        var switches = _nodes.Values.Where(node => node.Op == "Switch" && node.Inputs.Count >= 2 && mergeNames.Contains(node.Inputs[0].Node) && Op(node.Inputs[1]) == "LoopCond").ToList();
        var conditions = switches.Select(node => node.Inputs[1].Node).Distinct().ToList();
        if (conditions.Count != 1 || _nodes[conditions[0]].Inputs.Count == 0)
        {
            return false;
        }

        // Variables first, then what is constant over the loop; each has one argument in both functions.
        var variableEnters = merges.Select(merge => merge.Inputs[0].Node).ToHashSet(StringComparer.Ordinal);
        List<GraphNode> sources = [.. merges.Select(merge => _nodes[merge.Inputs[0].Node]), .. enters.Where(enter => !variableEnters.Contains(enter.Name))];
        var prefix = $"{conditions[0]}/loop";
        if (_nodes.ContainsKey(prefix) || sources.Any(enter => enter.Inputs.Count == 0))
        {
            return false;
        }

        var arguments = sources.Select((_, i) => $"{prefix}/argument_{i}").ToList();
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < sources.Count; i++)
        {
            places[sources[i].Name] = arguments[i];
            if (i < merges.Count)
            {
                places[merges[i].Name] = arguments[i];
                foreach (var branch in switches.Where(node => node.Inputs[0].Node == merges[i].Name))
                {
                    places[branch.Name] = arguments[i];
                }
            }
        }

        var types = sources.Select(TypeOf).ToList();
        var next = merges.Select(merge => _nodes[merge.Inputs[1].Node].Inputs).Select(inputs => inputs.Count > 0 ? inputs[0] : default).ToList();
        if (next.Any(tensor => tensor.Node is null) ||
            Extract($"{prefix}_condition", [_nodes[conditions[0]].Inputs[0]], arguments, types, places) is not { } condition ||
            Extract($"{prefix}_body", [.. next, .. arguments.Skip(merges.Count).Select(argument => new NodeInput(argument, null, 0))], arguments, types, places) is not { } body)
        {
            return false;
        }

        _functions.AddRange([condition, body]);
        Add(new GraphNode(prefix, "StatelessWhile", [.. sources.Select(enter => enter.Inputs[0]), .. sources.SelectMany(enter => enter.Inputs.Where(input => input.IsControl)).Distinct()], new Dictionary<string, AttributeValue>
        {
            ["T"] = AttributeValue.Of([.. types.Select(AttributeValue.Of)]),
            ["cond"] = AttributeValue.Of(new FunctionReference(condition.Name, new Dictionary<string, AttributeValue>())),
            ["body"] = AttributeValue.Of(new FunctionReference(body.Name, new Dictionary<string, AttributeValue>())),
        }));
        foreach (var exit in _nodes.Values.Where(node => node.Op == "Exit" && node.Inputs.Count > 0 && switches.Exists(branch => branch.Name == node.Inputs[0].Node)).ToList())
        {
            var variable = arguments.IndexOf(places[exit.Inputs[0].Node]);
            _nodes[exit.Name] = exit with { Op = "Identity", Inputs = [new NodeInput(prefix, null, variable), .. exit.Inputs.Skip(1)] };
        }

        return true;
    }

    private string? Op(NodeInput input) => _nodes.TryGetValue(input.Node, out var node) ? node.Op : null;

    private void Add(GraphNode node)
    {
        _nodes.Add(node.Name, node);
        _order.Add(node.Name);
    }

    /// <summary>The function that computes tensors inside the loop from its variables; null where a loop that is still to be turned lies between.</summary>
    private GraphFunction? Extract(string name, IReadOnlyList<NodeInput> tensors, List<string> arguments, List<DataType> types, Dictionary<string, string> places)
    {
        var body = new Dictionary<string, GraphNode>(StringComparer.Ordinal);
        var open = new Stack<string>(tensors.Select(tensor => tensor.Node).Where(node => !places.ContainsKey(node) && !arguments.Contains(node)));
        while (open.TryPop(out var next))
        {
            if (body.ContainsKey(next))
            {
                continue;
            }

            var node = _nodes[next];
            if (node.Op is "Enter" or "Exit" or "NextIteration" or "LoopCond")
            {
                return null;
            }

            body.Add(next, node with { Inputs = [.. node.Inputs.Where(input => !input.IsControl || !places.ContainsKey(input.Node)).Select(Replace)] });
            foreach (var input in node.Inputs.Where(input => !places.ContainsKey(input.Node)))
            {
                open.Push(input.Node);
            }
        }

        var results = tensors.Select((_, i) => $"{name}/result_{i}").ToList();
        return new GraphFunction(name, arguments, types, results, [.. body.Values], results.Zip(tensors).ToDictionary(pair => pair.First, pair => Replace(pair.Second)), []);

        NodeInput Replace(NodeInput input) => places.TryGetValue(input.Node, out var argument) ? new NodeInput(argument, null, 0) : input;
    }
}
