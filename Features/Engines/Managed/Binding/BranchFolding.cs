using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>
/// Takes branches out that are decided before anything runs: a Switch whose predicate is constant (is_training = false, as frozen graphs
/// have it) keeps one side, and a Merge that is left with one input passes it on. What remains runs without dead tensors.
/// </summary>
internal sealed class BranchFolding
{
    private readonly BoundGraph _graph;
    private readonly List<BoundNode> _nodes = [];
    private readonly bool?[] _truths;
    private readonly int[] _moved;
    private readonly HashSet<BoundTensor> _dead = [];
    private readonly HashSet<int> _deadNodes = [];

    private BranchFolding(BoundGraph graph)
    {
        _graph = graph;
        _truths = new bool?[graph.Nodes.Count];
        _moved = new int[graph.Nodes.Count];
    }

    /// <summary>Folds a graph; the graph itself where nothing is decided.</summary>
    /// <exception cref="OperationException">A fetch lies in a branch that is not taken, or a node that is now sure to run can not.</exception>
    public static BoundGraph Fold(BoundGraph graph)
    {
        if (!graph.Nodes.Any(node => node.Op == "Switch" && !node.IsFeed))
        {
            return graph;
        }

        // A Merge whose second output (which input was taken) is used needs all its inputs; it is so rare that the graph just stays.
        var used = graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Fetches).Where(tensor => tensor.Output == 1);
        return used.Any(tensor => graph.Nodes[tensor.Node].Op == "Merge") ? graph : new BranchFolding(graph).Run();
    }

    private BoundGraph Run()
    {
        foreach (var node in _graph.Nodes)
        {
            _moved[node.Index] = Visit(node);
        }

        var fetches = _graph.Fetches.Select(fetch => IsDead(fetch)
            ? throw new OperationException(
                $"{_graph.Graph.Source}: '{_graph.Nodes[fetch.Node].Name}:{fetch.Output}' has no value: a Switch with a constant predicate does not take the branch that it lies in")
            : Move(fetch)).ToList();
        return Prune(fetches, [.. _graph.Targets.Where(target => !_deadNodes.Contains(target)).Select(target => _moved[target])]);
    }

    private int Visit(BoundNode node)
    {
        if (node.IsFeed)
        {
            return Add(node, node.Source, node.Definition, [], [], false);
        }

        if (node.Op == "Merge" && node.Fault is null)
        {
            return VisitMerge(node);
        }

        if (node.Inputs.Any(IsDead) || node.Controls.Any(_deadNodes.Contains))
        {
            _deadNodes.Add(node.Index);
            return -1;
        }

        _truths[node.Index] = TruthOf(node);
        if (node.Op == "Switch" && node.Fault is null && _truths[node.Inputs[1].Node] is { } taken && !_nodes[_moved[node.Inputs[1].Node]].IsConditional)
        {
            _dead.Add(new BoundTensor(node.Index, taken ? 0 : 1));
            return AddPassThrough(node, node.Inputs[0], node.Controls);
        }

        var conditional = node.Op == "Switch" || node.Inputs.Any(input => _nodes[_moved[input.Node]].IsConditional) || node.Controls.Any(control => _nodes[_moved[control]].IsConditional);
        if (node.Fault is not null && !conditional)
        {
            throw node.Fault;
        }

        return Add(node, node.Source, node.Definition, [.. node.Inputs.Select(Move)], [.. node.Controls.Select(control => _moved[control])], conditional);
    }

    private int VisitMerge(BoundNode node)
    {
        var alive = node.Inputs.Where(input => !IsDead(input)).ToList();
        if (alive.Count == 0)
        {
            _deadNodes.Add(node.Index);
            return -1;
        }

        // A dead control dependency does not hold a Merge up; one that surely runs must still be run.
        var controls = node.Controls.Where(control => !_deadNodes.Contains(control) && !_nodes[_moved[control]].IsConditional).ToList();
        return alive.Count == 1
            ? AddPassThrough(node, alive[0], controls)
            : Add(node, node.Source, node.Definition, [.. alive.Select(Move)], [.. controls.Select(control => _moved[control])], true);
    }

    private bool? TruthOf(BoundNode node) => node.Fault is not null ? null : node.Op switch
    {
        "Const" when node.OutputTypes[0] == DataType.Bool && node.Attributes["value"].Tensor is { Count: 1 } value && value.Type == DataType.Bool => value.AsSpan<bool>()[0],
        "Identity" or "PlaceholderWithDefault" or "StopGradient" or "Switch" => _truths[node.Inputs[0].Node],
        "LogicalNot" => !_truths[node.Inputs[0].Node],
        _ => null,
    };

    private bool IsDead(BoundTensor tensor) => _deadNodes.Contains(tensor.Node) || _dead.Contains(tensor);

    private BoundTensor Move(BoundTensor tensor) => new(
        _moved[tensor.Node], _graph.Nodes[tensor.Node].Op is "Switch" or "Merge" && _nodes[_moved[tensor.Node]].Op == "Identity" ? 0 : tensor.Output);

    private int AddPassThrough(BoundNode node, BoundTensor input, IReadOnlyList<int> controls)
    {
        OperationCatalog.TryGet("Identity", out var identity);
        var source = node.Source with { Op = "Identity" };
        var conditional = _nodes[_moved[input.Node]].IsConditional || controls.Any(control => _nodes[_moved[control]].IsConditional);
        return Add(node, source, identity, [Move(input)], [.. controls.Select(control => _moved[control])], conditional, [node.OutputTypes[0]]);
    }

    private int Add(
        BoundNode node,
        GraphNode source,
        OperationDefinition? definition,
        IReadOnlyList<BoundTensor> inputs,
        IReadOnlyList<int> controls,
        bool conditional,
        IReadOnlyList<DataType>? types = null)
    {
        _nodes.Add(new BoundNode
        {
            Index = _nodes.Count,
            Source = source,
            Definition = definition,
            Attributes = node.Attributes,
            Inputs = inputs,
            Controls = controls,
            OutputTypes = types ?? node.OutputTypes,
            Feed = node.Feed,
            IsConditional = conditional,
            Fault = node.Fault,
        });
        return _nodes.Count - 1;
    }

    /// <summary>Drops what only a branch that is gone needed.</summary>
    private BoundGraph Prune(List<BoundTensor> fetches, List<int> targets)
    {
        // Feeds stay, used or not: they come first and in the caller's order.
        var needed = _nodes.Select(node => node.IsFeed).ToArray();
        foreach (var end in fetches.Select(fetch => fetch.Node).Concat(targets))
        {
            needed[end] = true;
        }

        for (var i = _nodes.Count - 1; i >= 0; i--)
        {
            if (needed[i])
            {
                foreach (var producer in _nodes[i].Inputs.Select(input => input.Node).Concat(_nodes[i].Controls))
                {
                    needed[producer] = true;
                }
            }
        }

        var kept = _nodes.Where(node => needed[node.Index]).ToList();
        var places = new int[_nodes.Count];
        _nodes.Clear();
        foreach (var node in kept)
        {
            places[node.Index] = Add(
                node, node.Source, node.Definition, [.. node.Inputs.Select(Place)], [.. node.Controls.Select(control => places[control])], node.IsConditional);
        }

        return new BoundGraph { Graph = _graph.Graph, Nodes = _nodes, Feeds = _graph.Feeds, Fetches = [.. fetches.Select(Place)], Targets = [.. targets.Select(target => places[target])] };

        BoundTensor Place(BoundTensor tensor) => tensor with { Node = places[tensor.Node] };
    }
}
