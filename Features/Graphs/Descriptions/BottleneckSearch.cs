namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>Finds the tensors of a classifier that may serve as features.</summary>
/// <remarks>
/// From an output backwards along the one input that is no constant: past softmax, bias and reshaping stands the last layer with weights. If
/// it is fully connected (a matrix product, or a convolution of a pooled map), its input is the bottleneck; if a pooling comes first, the
/// graph has no top and its output is.
/// </remarks>
internal static class BottleneckSearch
{
    private const int MaxSteps = 100_000;
    private const int MaxOutputs = 64;

    public static IReadOnlyList<BottleneckCandidate> Find(GraphTopology topology, IReadOnlyList<GraphOutput> outputs)
    {
        var found = new List<(int Depth, BottleneckCandidate Candidate)>();
        foreach (var output in outputs.Reverse().Take(MaxOutputs))
        {
            var name = NodeInput.Parse(output.Tensor);
            if (name.Index == 0 && topology.Graph.TryGetNode(name.Node, out var node))
            {
                Search(topology, node, output.Tensor, found);
            }
        }

        // The output with most of the network behind it is the classifier's; auxiliary ones are shallower.
        return [.. found.OrderByDescending(entry => entry.Depth).Select(entry => entry.Candidate).DistinctBy(candidate => candidate.Tensor)];
    }

    private static void Search(GraphTopology topology, GraphNode output, string tensor, List<(int Depth, BottleneckCandidate Candidate)> found)
    {
        var node = output;
        var flattened = false;
        for (var steps = 0; steps < MaxSteps; steps++)
        {
            if (IsPooling(node))
            {
                found.Add((Depth(topology, node), new BottleneckCandidate(tensor, $"output of the graph; no fully connected layer follows the pooling '{node.Name}'")));
                return;
            }

            var inputs = topology.VariableInputs(node);
            if (inputs.Count == 0)
            {
                return;
            }

            var (producer, input) = inputs[0];
            if (node.Op is "MatMul" or "BatchMatMul" or "BatchMatMulV2" or "_FusedMatMul" || (node.Op is "Conv2D" or "_FusedConv2D" && (flattened || ReachesPooling(topology, producer))))
            {
                found.Add((Depth(topology, node), new BottleneckCandidate(PastIdentities(topology, producer, input), $"input of the last fully connected layer '{node.Name}'")));
                return;
            }

            if (node.Op is "Conv2D" or "DepthwiseConv2dNative" or "ConcatV2" or "Concat" || (node.Op is "Add" or "AddV2" && inputs.Count > 1))
            {
                found.Add((Depth(topology, node), new BottleneckCandidate(tensor, $"output of the graph, a map that is neither pooled nor classified ('{node.Name}', {node.Op})")));
                return;
            }

            // Whoever flattens or takes probabilities of a convolution's map has a map of one cell.
            flattened |= node.Op is "Squeeze" or "Reshape" or "Softmax";
            node = producer;
        }
    }

    /// <summary>Dropout that is cut out leaves an Identity behind, whose name says less than its input's.</summary>
    private static string PastIdentities(GraphTopology topology, GraphNode node, NodeInput tensor)
    {
        for (var steps = 0; steps < MaxSteps && node.Op == "Identity" && topology.VariableInputs(node) is [var (producer, input)]; steps++)
        {
            (node, tensor) = (producer, input);
        }

        return tensor.ToString();
    }

    private static bool IsPooling(GraphNode node) => node.Op is "Mean" or "AvgPool" or "MaxPool" or "Max";

    /// <summary>Whether a pooling lies behind a node with only reshaping and dropout between.</summary>
    private static bool ReachesPooling(GraphTopology topology, GraphNode node)
    {
        for (var steps = 0; steps < MaxSteps && !IsPooling(node); steps++)
        {
            var inputs = topology.VariableInputs(node);
            if (inputs.Count != 1 || node.Op is not ("Identity" or "Reshape" or "Squeeze" or "ExpandDims" or "CheckNumerics" or "StopGradient" or "Mul" or "RealDiv" or "Relu"))
            {
                return false;
            }

            node = inputs[0].Producer;
        }

        return IsPooling(node);
    }

    /// <summary>Number of nodes that a node needs.</summary>
    private static int Depth(GraphTopology topology, GraphNode node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { node.Name };
        var open = new Stack<GraphNode>([node]);
        while (open.TryPop(out var next))
        {
            foreach (var input in next.Inputs)
            {
                if (seen.Add(input.Node) && topology.Graph.TryGetNode(input.Node, out var producer))
                {
                    open.Push(producer);
                }
            }
        }

        return seen.Count;
    }
}
