using MlTransfer.Trainers.Neighbours;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head that compares features is made.</summary>
/// <param name="Metric">What near means.</param>
/// <param name="Neighbours">How many neighbours vote (knn).</param>
/// <param name="Weighting">How much a vote counts (knn).</param>
internal sealed record SimilarityRequest(SimilarityMetric Metric, int Neighbours, NeighbourWeighting Weighting);
