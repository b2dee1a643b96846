using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Networks;

/// <summary>A fitted network and how the fit went: <see cref="HeadFit.Objective"/> is weighted mean cross-entropy + (L2 / 2) · Σ W² over all layers. Immutable.</summary>
public sealed record NetworkFit : HeadFit
{
    /// <summary>The fitted network.</summary>
    public required NetworkWeights Weights { get; init; }

    /// <inheritdoc/>
    public override ClassifierHead CreateHead(HeadDescription description) => new NetworkHead(Weights, description);
}
