using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>Fitted centroids and how well they tell the training rows apart. Immutable.</summary>
public sealed record CentroidFit : HeadFit
{
    /// <summary>The centroids.</summary>
    public required CentroidSet Centroids { get; init; }

    /// <inheritdoc/>
    public override ClassifierHead CreateHead(HeadDescription description) => new CentroidHead(Centroids, description);
}
