namespace MlTransfer.Trainers.Neighbours;

/// <summary>How <see cref="NeighbourTrainer"/> works.</summary>
public sealed record NeighbourOptions
{
    /// <summary>Default of <see cref="Neighbours"/>, as in scikit-learn.</summary>
    public const int DefaultNeighbours = 5;

    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How many of the nearest examples vote, one or more, default 5; all where there are fewer.</summary>
    public int Neighbours { get; init; } = DefaultNeighbours;

    /// <summary>How much a vote counts, default the same for all.</summary>
    public NeighbourWeighting Weighting { get; init; }

    /// <summary>What near means, default the angle (cosine).</summary>
    public SimilarityMetric Metric { get; init; }

    /// <summary>Threads to use; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
