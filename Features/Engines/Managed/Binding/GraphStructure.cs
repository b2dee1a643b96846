using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>Checks what TensorFlow refuses at import wherever it is in a graph: inputs from nodes that do not exist, and cycles.</summary>
internal static class GraphStructure
{
    /// <summary>Checks a graph.</summary>
    /// <exception cref="GraphFormatException">It has such a fault.</exception>
    public static void Check(Graph graph)
    {
        var nodes = graph.Nodes;
        var index = new Dictionary<string, int>(nodes.Count, StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            index.Add(nodes[i].Name, i);
        }

        var pending = new int[nodes.Count];
        var consumers = new List<int>?[nodes.Count];
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var input in nodes[i].Inputs)
            {
                if (!index.TryGetValue(input.Node, out var producer))
                {
                    var near = NearestNames.Find(input.Node, index.Keys);
                    throw new GraphFormatException(
                        $"{graph.Source}: node '{nodes[i].Name}' ({nodes[i].Op}) takes {(input.IsControl ? "a control dependency on" : "input from")} " +
                        $"'{input.Node}', which is not in the graph{(near.Count > 0 ? $"; the nearest names are {string.Join(", ", near)}" : string.Empty)}");
                }

                // The one legal cycle: a loop's values come back to its Merge through NextIteration.
                if (nodes[i].Op is "Merge" && nodes[producer].Op is "NextIteration")
                {
                    continue;
                }

                (consumers[producer] ??= []).Add(i);
                pending[i]++;
            }
        }

        var ready = new Stack<int>(Enumerable.Range(0, nodes.Count).Where(node => pending[node] == 0));
        var ordered = 0;
        while (ready.TryPop(out var node))
        {
            ordered++;
            foreach (var consumer in consumers[node] ?? [])
            {
                if (--pending[consumer] == 0)
                {
                    ready.Push(consumer);
                }
            }
        }

        if (ordered < nodes.Count)
        {
            throw new GraphFormatException($"{graph.Source}: nodes feed each other in a cycle: {DescribeCycle(nodes, index, pending)}");
        }
    }

    private static string DescribeCycle(IReadOnlyList<GraphNode> nodes, Dictionary<string, int> index, int[] pending)
    {
        // Every node left over has an input left over: walking backwards must come round.
        var seen = new Dictionary<int, int>();
        var path = new List<int>();
        var node = Array.FindIndex(pending, count => count > 0);
        while (seen.TryAdd(node, path.Count))
        {
            path.Add(node);
            node = nodes[node].Inputs.Select(input => index[input.Node]).First(producer => pending[producer] > 0);
        }

        var cycle = path.Skip(seen[node]).Append(node).Reverse().Select(member => nodes[member].Name).ToList();
        return cycle.Count <= 8 ? string.Join(" → ", cycle) : $"{string.Join(" → ", cycle.Take(4))} → … → {string.Join(" → ", cycle.TakeLast(3))} ({cycle.Count - 1} nodes)";
    }
}
