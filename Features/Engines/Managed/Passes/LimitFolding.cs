using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Lets a fused operation limit its results where Relu or Relu6 follows it and nobody else sees them unlimited.</summary>
internal sealed class LimitFolding : IPass
{
    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        var users = graph.FindUsers();
        var replacements = new Dictionary<FlowTensor, FlowTensor>();
        foreach (var node in graph.Nodes)
        {
            if (node.Op is not ("Relu" or "Relu6") || node.IsConstant || node.Inputs[0].Node.Fused is not { IsLimited: false } fused || users[node.Inputs[0]].Count != 1)
            {
                continue;
            }

            fused.Low = 0;
            fused.High = node.Op == "Relu6" ? 6 : float.PositiveInfinity;
            replacements.Add(new FlowTensor(node, 0), node.Inputs[0]);
        }

        graph.Replace(replacements);
    }
}
