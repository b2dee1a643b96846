using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>
/// Folds scales and shifts that follow a product into its weights and bias: batch norms in all their spellings, biases, constant factors. Only
/// where nobody else sees the values in between.
/// </summary>
internal sealed class AffineFolding : IPass
{
    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        var users = graph.FindUsers();
        var replacements = new Dictionary<FlowTensor, FlowTensor>();
        foreach (var node in graph.Nodes)
        {
            if (node.Fused is not { TakesAffine: true } fused || replacements.ContainsKey(new FlowTensor(node, 0)))
            {
                continue;
            }

            var rank = fused.Kind == FusedKind.Matrix ? 2 : 4;
            var end = new FlowTensor(node, 0);
            while (users.TryGetValue(end, out var uses) && uses is [{ } next] && AffineOf(next, end, fused, rank) is { } affine)
            {
                fused.Apply(affine.Scale, affine.Shift);
                end = new FlowTensor(next, 0);
                next.Fused = null;
            }

            if (end.Node != node)
            {
                replacements.Add(end, new FlowTensor(node, 0));
            }
        }

        graph.Replace(replacements);
    }

    private static ChannelAffine? AffineOf(FlowNode next, FlowTensor value, FusedOperation fused, int rank)
    {
        if (next.Fused is { Kind: FusedKind.Affine } own)
        {
            return own.Scale.Length == fused.Scale.Length ? new ChannelAffine(own.Scale, own.Shift) : null;
        }

        return next.Fused is null && !next.IsConstant ? ChannelAffine.Of(next, value, fused.Scale.Length, rank) : null;
    }
}
