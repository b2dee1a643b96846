using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Lets a convolution add the residual that an addition after it adds. The addition's node becomes the convolution, so that the order stays legal.</summary>
internal sealed class AdditionFolding : IPass
{
    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        var users = graph.FindUsers();
        for (var position = 0; position < graph.Nodes.Count; position++)
        {
            var node = graph.Nodes[position];
            if (node.Fused is not { Kind: FusedKind.Add } || node.Inputs[0] == node.Inputs[1])
            {
                continue;
            }

            // The second operand is tried first: it is most often the later one, and fusing that lets the other die soonest.
            foreach (var side in (ReadOnlySpan<int>)[1, 0])
            {
                var product = node.Inputs[side].Node;
                if (product.Fused is not { Kind: FusedKind.Convolution, TakesAffine: true } fused || users[node.Inputs[side]].Count != 1)
                {
                    continue;
                }

                fused.HasAddend = true;
                var merged = new FlowNode(product.Source, [product.Inputs[0], node.Inputs[1 - side]]) { Fused = fused };
                graph.Replace(new Dictionary<FlowTensor, FlowTensor> { [new FlowTensor(node, 0)] = new FlowTensor(merged, 0) });
                graph.Nodes[position] = merged;
                break;
            }
        }
    }
}
