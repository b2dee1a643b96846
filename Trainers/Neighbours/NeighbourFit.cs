using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>
/// Examples kept to compare with. <see cref="HeadFit.LogLoss"/> and <see cref="HeadFit.Accuracy"/> are of training rows that do not vote on themselves
/// (2,048 of them, evenly spaced, where there are more). Immutable.
/// </summary>
public sealed record NeighbourFit : HeadFit
{
    /// <summary>The examples.</summary>
    public required NeighbourSet Examples { get; init; }

    /// <inheritdoc/>
    public override ClassifierHead CreateHead(HeadDescription description) => new NeighbourHead(Examples, description);
}
