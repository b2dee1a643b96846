namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>Finds the tensors of a network where one block ends and the next begins: what may serve as features beside the bottleneck.</summary>
/// <remarks>
/// A block ends where branches join (a concatenation, or an addition with its ReLU) or where the map is made smaller (a max pooling). Nothing narrower in
/// between is offered.
/// </remarks>
public static class BlockEnds
{
    private const int Most = 64;

    /// <summary>The ends of blocks on the way to a tensor, from the input on; at most the last 64.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tensor">The bottleneck, "node:0".</param>
    /// <exception cref="ArgumentException">The graph has no such node.</exception>
    public static IReadOnlyList<string> Before(Graph graph, string tensor)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var topology = new GraphTopology(graph);
        var name = NodeInput.Parse(tensor).Node;
        if (!graph.TryGetNode(name, out var end))
        {
            throw new ArgumentException($"The graph has no node '{name}'.", nameof(tensor));
        }

        var behind = Behind(topology, end);
        var consumers = behind.SelectMany(node => topology.VariableInputs(node).Select(input => (Producer: input.Producer.Name, Consumer: node)))
            .ToLookup(pair => pair.Producer, pair => pair.Consumer, StringComparer.Ordinal);
        var ends = new List<string>();
        foreach (var node in behind.Where(node => node != end))
        {
            var joins = topology.VariableInputs(node).Count > 1;
            if (node.Op is "MaxPool" or "MaxPoolV2" || (joins && node.Op is "Concat" or "ConcatV2"))
            {
                ends.Add(node.Name + ":0");
            }
            else if (joins && node.Op is "Add" or "AddV2")
            {
                var last = consumers[node.Name].Distinct().ToArray() is [{ Op: "Relu" or "Relu6" } activation] ? activation : node;
                ends.Add(last.Name + ":0");
            }
        }

        // A pooling beside convolutions in a block that ends in a join is not where the block ends.
        var unique = ends.Distinct(StringComparer.Ordinal).Where(candidate => !FeedsJoinOnly(graph, consumers, candidate)).ToList();
        return unique.Count > Most ? unique[^Most..] : unique;
    }

    /// <summary>Nodes that a node is computed from, itself the last, each after those it is computed from.</summary>
    private static List<GraphNode> Behind(GraphTopology topology, GraphNode end)
    {
        var order = new List<GraphNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var stack = new Stack<(GraphNode Node, bool IsDone)>([(end, false)]);
        while (stack.Count > 0)
        {
            var (node, isDone) = stack.Pop();
            if (isDone)
            {
                order.Add(node);
            }
            else if (seen.Add(node.Name))
            {
                stack.Push((node, true));
                foreach (var (producer, _) in topology.VariableInputs(node).Reverse())
                {
                    stack.Push((producer, false));
                }
            }
        }

        return order;
    }

    private static bool FeedsJoinOnly(Graph graph, ILookup<string, GraphNode> consumers, string tensor)
    {
        var name = NodeInput.Parse(tensor).Node;
        return graph.TryGetNode(name, out var node) && node.Op is "MaxPool" or "MaxPoolV2"
            && consumers[name].Any() && consumers[name].All(consumer => consumer.Op is "Concat" or "ConcatV2");
    }
}
