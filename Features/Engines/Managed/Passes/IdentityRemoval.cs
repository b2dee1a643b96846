using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Takes out what hands its input on as it is when a graph only infers.</summary>
internal sealed class IdentityRemoval : IPass
{
    private static readonly HashSet<string> s_identities = new(StringComparer.Ordinal)
    {
        "Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot", "PlaceholderWithDefault",
    };

    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        var replacements = new Dictionary<FlowTensor, FlowTensor>();
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; s_identities.Contains(node.Op) && i < node.Inputs.Count; i++)
            {
                // One that declares another type than it is given is left for its kernel to refuse.
                if (node.OutputTypes[i] == node.Inputs[i].Type)
                {
                    replacements.Add(new FlowTensor(node, i), node.Inputs[i]);
                }
            }
        }

        graph.Replace(replacements);
    }
}
