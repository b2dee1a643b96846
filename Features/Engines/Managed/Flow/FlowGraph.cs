using MlTransfer.Features.Engines.Managed.Binding;

namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>A bound graph while it is rewritten by passes.</summary>
internal sealed class FlowGraph
{
    /// <summary>Operations that run for what they check even where nothing uses their result.</summary>
    private static readonly HashSet<string> s_effects = new(StringComparer.Ordinal) { "Assert", "CheckNumerics" };

    private FlowGraph(BoundGraph bound, List<FlowNode> nodes, List<FlowTensor> fetches, List<FlowNode> effects)
    {
        Bound = bound;
        Nodes = nodes;
        Fetches = fetches;
        Effects = effects;
    }

    /// <summary>The graph it began as.</summary>
    public BoundGraph Bound { get; }

    /// <summary>Nodes that are needed, producers first.</summary>
    public List<FlowNode> Nodes { get; }

    /// <summary>Fetched tensors in the caller's order.</summary>
    public List<FlowTensor> Fetches { get; }

    /// <summary>Nodes that run whatever uses them.</summary>
    public List<FlowNode> Effects { get; }

    /// <summary>Makes a rewritable copy.</summary>
    public static FlowGraph Of(BoundGraph bound)
    {
        var nodes = new List<FlowNode>(bound.Nodes.Count);
        foreach (var node in bound.Nodes)
        {
            nodes.Add(new FlowNode(node, node.Inputs.Select(input => new FlowTensor(nodes[input.Node], input.Output))));
        }

        return new FlowGraph(
            bound,
            nodes,
            [.. bound.Fetches.Select(fetch => new FlowTensor(nodes[fetch.Node], fetch.Output))],
            [.. nodes.Where(node => s_effects.Contains(node.Op))]);
    }

    /// <summary>Who uses each tensor; a fetch counts as a user, written as null.</summary>
    public Dictionary<FlowTensor, List<FlowNode?>> FindUsers()
    {
        var users = new Dictionary<FlowTensor, List<FlowNode?>>();
        foreach (var node in Nodes)
        {
            foreach (var input in node.Inputs)
            {
                Add(input, node);
            }
        }

        foreach (var fetch in Fetches)
        {
            Add(fetch, null);
        }

        return users;

        void Add(FlowTensor tensor, FlowNode? user)
        {
            if (!users.TryGetValue(tensor, out var list))
            {
                users.Add(tensor, list = []);
            }

            list.Add(user);
        }
    }

    /// <summary>Puts other tensors in the place of some, at all their uses.</summary>
    public void Replace(IReadOnlyDictionary<FlowTensor, FlowTensor> replacements)
    {
        if (replacements.Count == 0)
        {
            return;
        }

        FlowTensor Resolve(FlowTensor tensor)
        {
            while (replacements.TryGetValue(tensor, out var other))
            {
                tensor = other;
            }

            return tensor;
        }

        foreach (var node in Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                node.Inputs[i] = Resolve(node.Inputs[i]);
            }
        }

        for (var i = 0; i < Fetches.Count; i++)
        {
            Fetches[i] = Resolve(Fetches[i]);
        }
    }

    /// <summary>Drops nodes that nothing needs and restores the order of producers before consumers.</summary>
    public void Prune()
    {
        var ordered = new List<FlowNode>(Nodes.Count);
        var done = new HashSet<FlowNode>();
        var stack = new Stack<(FlowNode Node, bool Expanded)>();
        foreach (var root in Enumerable.Concat(Effects, Fetches.Select(fetch => fetch.Node)))
        {
            stack.Push((root, false));
            while (stack.TryPop(out var entry))
            {
                if (done.Contains(entry.Node))
                {
                    continue;
                }

                if (entry.Expanded || entry.Node.IsConstant)
                {
                    done.Add(entry.Node);
                    ordered.Add(entry.Node);
                    continue;
                }

                stack.Push((entry.Node, true));
                for (var i = entry.Node.Inputs.Count - 1; i >= 0; i--)
                {
                    if (!done.Contains(entry.Node.Inputs[i].Node))
                    {
                        stack.Push((entry.Node.Inputs[i].Node, false));
                    }
                }
            }
        }

        Nodes.Clear();
        Nodes.AddRange(ordered);
    }
}
