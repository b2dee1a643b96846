using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>
/// Prunes a graph to what its fetches need (feeds cut their producers off) and checks each needed node. Nodes behind a Switch may be
/// unknown or faulty as long as they are not reached when the graph runs, as in TensorFlow.
/// </summary>
internal sealed class GraphBinder
{
    private readonly Graph _graph;
    private readonly List<BoundNode> _nodes = [];
    private readonly Dictionary<(string Node, int Output), int> _feedNodes = [];
    private readonly HashSet<string> _fedNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _bound = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _neededBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeSignature> _signatures = new(StringComparer.Ordinal);

    private GraphBinder(Graph graph) => _graph = graph;

    /// <summary>Binds tensors by name ("node" or "node:index").</summary>
    /// <exception cref="GraphFormatException">The graph is not legal or a name is not in it.</exception>
    /// <exception cref="OperationException">A needed node can not run.</exception>
    public static BoundGraph Bind(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches)
    {
        var prepared = Prepare(graph);
        return BindPrepared(prepared, [.. feeds.Select(name => ParseName(prepared, name, "feed"))], [.. fetches.Select(name => ParseName(prepared, name, "fetch"))], []);
    }

    /// <summary>Binds parsed tensor names; <paramref name="targets"/> are nodes that must run though nothing fetches them.</summary>
    public static BoundGraph Bind(Graph graph, IReadOnlyList<NodeInput> feeds, IReadOnlyList<NodeInput> fetches, IReadOnlyList<string> targets) =>
        BindPrepared(Prepare(graph), feeds, fetches, targets);

    private static BoundGraph BindPrepared(Graph graph, IReadOnlyList<NodeInput> feeds, IReadOnlyList<NodeInput> fetches, IReadOnlyList<string> targets) =>
        BranchFolding.Fold(new GraphBinder(graph).Run(feeds, fetches, targets));

    private static Graph Prepare(Graph graph)
    {
        GraphStructure.Check(graph);
        var prepared = FunctionInlining.Inline(LoopLowering.Lower(graph));
        if (!ReferenceEquals(prepared, graph))
        {
            // A function's body may have faults of its own.
            GraphStructure.Check(prepared);
        }

        return prepared;
    }

    private static NodeInput ParseName(Graph graph, string name, string role)
    {
        NodeInput input;
        try
        {
            input = NodeInput.Parse(name);
        }
        catch (GraphFormatException fault)
        {
            throw new GraphFormatException($"{graph.Source}: {role} {fault.Message}", fault);
        }

        if (input.IsControl)
        {
            throw new GraphFormatException($"{graph.Source}: {role} '{name}' names a control dependency; a tensor ('node' or 'node:index') is expected");
        }

        if (!graph.TryGetNode(input.Node, out _))
        {
            var near = NearestNames.Find(input.Node, graph.Nodes.Select(node => node.Name));
            throw new GraphFormatException(
                $"{graph.Source}: {role} '{name}': the graph has no node '{input.Node}'{(near.Count > 0 ? $"; the nearest names are {string.Join(", ", near)}" : string.Empty)}");
        }

        return input;
    }

    private BoundGraph Run(IReadOnlyList<NodeInput> feeds, IReadOnlyList<NodeInput> fetches, IReadOnlyList<string> targets)
    {
        var boundFeeds = new List<BoundFeed>();
        for (var i = 0; i < feeds.Count; i++)
        {
            boundFeeds.Add(BindFeed(feeds[i], i));
        }

        var ends = new List<BoundTensor>();
        foreach (var fetch in fetches)
        {
            ends.Add(Bind(fetch));
        }

        var needed = targets.Select(BindNode).ToList();
        return new BoundGraph { Graph = _graph, Nodes = _nodes, Feeds = boundFeeds, Fetches = ends, Targets = needed };
    }

    private BoundFeed BindFeed(NodeInput feed, int position)
    {
        _graph.TryGetNode(feed.Node, out var node);
        NodeSignature? signature = null;
        if (OperationCatalog.TryGet(node!.Op, out _))
        {
            signature = SignatureOf(node);
        }

        var output = OutputIndex(node, feed, signature);
        var type = signature is null ? DataType.Invalid : signature.OutputTypes[output];
        _fedNames.Add(node.Name);
        if (!_feedNodes.TryAdd((node.Name, output), _nodes.Count))
        {
            throw new GraphFormatException($"{_graph.Source}: '{node.Name}:{output}' is fed twice");
        }

        _nodes.Add(new BoundNode
        {
            Index = _nodes.Count,
            Source = node,
            Definition = null,
            Attributes = new Dictionary<string, AttributeValue>(),
            Inputs = [],
            Controls = [],
            OutputTypes = [type],
            Feed = position,
        });
        return new BoundFeed($"{node.Name}:{output}", type, ShapeOf(signature));
    }

    private PartialShape ShapeOf(NodeSignature? signature)
    {
        if (signature?.Definition.Name is not ("Placeholder" or "PlaceholderV2" or "PlaceholderWithDefault"))
        {
            return PartialShape.Unknown;
        }

        // Programs before GraphDef version 22 wrote an unknown shape as a scalar's.
        var shape = signature.Attributes["shape"].Shape;
        return signature.Definition.Name == "Placeholder" && _graph.Producer <= 21 && shape.Extents is { Count: 0 } ? PartialShape.Unknown : shape;
    }

    private BoundTensor Bind(NodeInput tensor)
    {
        _graph.TryGetNode(tensor.Node, out var node);
        if (_fedNames.Contains(tensor.Node) && _feedNodes.TryGetValue((tensor.Node, FlatIndex(node!, tensor)), out var feed))
        {
            return new BoundTensor(feed, 0);
        }

        var bound = BindNode(node!.Name);
        var output = OutputIndex(node, tensor, _signatures.GetValueOrDefault(node.Name));
        return new BoundTensor(bound, output);
    }

    /// <summary>Binds a node after all that it needs, without recursion: a graph may be a chain of any length.</summary>
    private int BindNode(string name)
    {
        if (_bound.TryGetValue(name, out var known))
        {
            return known;
        }

        var stack = new Stack<(GraphNode Node, bool Expanded)>();
        Push(stack, name);
        while (stack.TryPop(out var entry))
        {
            if (_bound.ContainsKey(entry.Node.Name))
            {
                continue;
            }

            if (entry.Expanded)
            {
                _bound.Add(entry.Node.Name, _nodes.Count);
                _nodes.Add(Complete(entry.Node));
                continue;
            }

            stack.Push((entry.Node, true));
            if (entry.Node.Op == "NextIteration")
            {
                // The way back in a loop; following it would never end.
                throw new OperationException($"{_graph.Source}: node '{entry.Node.Name}' (NextIteration): loops of this form are not supported{Path(entry.Node)}");
            }

            for (var i = entry.Node.Inputs.Count - 1; i >= 0; i--)
            {
                var input = entry.Node.Inputs[i];
                if (!IsCut(input) && !_bound.ContainsKey(input.Node))
                {
                    _neededBy.TryAdd(input.Node, entry.Node.Name);
                    Push(stack, input.Node);
                }
            }
        }

        return _bound[name];
    }

    private void Push(Stack<(GraphNode Node, bool Expanded)> stack, string name)
    {
        _graph.TryGetNode(name, out var node);
        stack.Push((node!, false));
    }

    /// <summary>Whether a feed stands for the input. A control dependency on a fed placeholder asks for nothing; on another fed node it still does.</summary>
    private bool IsCut(NodeInput input)
    {
        if (!_fedNames.Contains(input.Node))
        {
            return false;
        }

        _graph.TryGetNode(input.Node, out var producer);
        if (input.IsControl)
        {
            return producer!.Op is "Placeholder" or "PlaceholderV2" && _feedNodes.ContainsKey((producer.Name, 0));
        }

        return _feedNodes.ContainsKey((producer!.Name, FlatIndex(producer, input)));
    }

    private int FlatIndex(GraphNode node, NodeInput tensor) => tensor.Output is null ? tensor.Index : OutputIndex(node, tensor, SignatureOf(node));

    private BoundNode Complete(GraphNode node)
    {
        var inputs = new List<BoundTensor>();
        var controls = new List<int>();
        var conditional = node.Op is "Switch" or "RefSwitch";
        OperationException? fault = null;
        NodeSignature? signature = null;
        foreach (var input in node.Inputs.Where(input => !IsCut(input)))
        {
            conditional |= _nodes[_bound[input.Node]].IsConditional;
        }

        try
        {
            signature = SignatureOf(node);
            if (node.Op is "Placeholder" or "PlaceholderV2")
            {
                throw new OperationException($"node '{node.Name}': a value must be fed for this placeholder ({Tensor.NameOf(signature.OutputTypes[0])} {ShapeOf(signature)})");
            }
        }
        catch (OperationException reason)
        {
            var explained = new OperationException($"{_graph.Source}: {reason.Message}{Path(node)}", reason);
            fault = conditional ? explained : throw explained;
        }

        foreach (var input in node.Inputs)
        {
            if (input.IsControl)
            {
                if (!IsCut(input))
                {
                    controls.Add(_bound[input.Node]);
                }

                continue;
            }

            var tensor = Bind(input);
            var type = _nodes[tensor.Node].OutputTypes.Count > tensor.Output ? _nodes[tensor.Node].OutputTypes[tensor.Output] : DataType.Invalid;
            if (signature is not null && fault is null)
            {
                var expected = signature.InputTypes[inputs.Count];
                if (type != expected && type != DataType.Invalid && expected != DataType.Invalid)
                {
                    throw new OperationException(
                        $"{_graph.Source}: node '{node.Name}' ({node.Op}): input {inputs.Count} comes from '{input}', which is {Tensor.NameOf(type)}; {Tensor.NameOf(expected)} is expected");
                }
            }

            inputs.Add(tensor);
        }

        return new BoundNode
        {
            Index = _nodes.Count,
            Source = node,
            Definition = fault is null ? signature?.Definition : null,
            Attributes = signature?.Attributes ?? node.Attributes,
            Inputs = inputs,
            Controls = controls,
            OutputTypes = signature?.OutputTypes ?? [],
            IsConditional = conditional,
            Fault = fault,
        };
    }

    private NodeSignature SignatureOf(GraphNode node)
    {
        if (!_signatures.TryGetValue(node.Name, out var signature))
        {
            signature = NodeSignature.Of(node);
            _signatures.Add(node.Name, signature);
        }

        return signature;
    }

    private int OutputIndex(GraphNode node, NodeInput tensor, NodeSignature? signature)
    {
        // Of an unknown operation nothing is known of its outputs either.
        if (signature is null)
        {
            return tensor.Index;
        }

        var index = tensor.Output is null ? tensor.Index : signature.OutputIndex(node, tensor.Output, tensor.Index);
        return index < signature.OutputTypes.Count
            ? index
            : throw new GraphFormatException(
                $"{_graph.Source}: tensor '{tensor}' is asked for; node '{node.Name}' ({node.Op}) has {signature.OutputTypes.Count} output{(signature.OutputTypes.Count == 1 ? string.Empty : "s")}");
    }

    /// <summary>Why a node is needed: its consumers up to the fetch.</summary>
    private string Path(GraphNode node)
    {
        var path = new List<string>();
        for (var name = node.Name; _neededBy.TryGetValue(name, out var consumer); name = consumer)
        {
            path.Add(consumer);
        }

        return path.Count switch
        {
            0 => string.Empty,
            <= 6 => $"; needed by {string.Join(" → ", path)}",
            _ => $"; needed by {string.Join(" → ", path.Take(3))} → … → {string.Join(" → ", path.TakeLast(2))} ({path.Count} nodes)",
        };
    }
}
