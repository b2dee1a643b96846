namespace MlTransfer.Trainers.Neighbours;

/// <summary>What metrics and weightings are called on the command line and in head files.</summary>
internal static class MetricNames
{
    public static string Of(SimilarityMetric metric) => metric == SimilarityMetric.Cosine ? "cosine" : "euclidean";

    public static string Of(NeighbourWeighting weighting) => weighting == NeighbourWeighting.Uniform ? "uniform" : "distance";

    public static SimilarityMetric Metric(string name) => name switch
    {
        "cosine" => SimilarityMetric.Cosine,
        "euclidean" => SimilarityMetric.Euclidean,
        _ => throw new ArgumentException($"the metric is '{name}'; cosine or euclidean was expected.", nameof(name)),
    };

    public static NeighbourWeighting Weighting(string name) => name switch
    {
        "uniform" => NeighbourWeighting.Uniform,
        "distance" => NeighbourWeighting.Distance,
        _ => throw new ArgumentException($"the weighting is '{name}'; uniform or distance was expected.", nameof(name)),
    };
}
