namespace MlTransfer.Trainers.Neighbours;

/// <summary>How <see cref="CentroidTrainer"/> works.</summary>
public sealed record CentroidOptions
{
    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The similarity, default cosine.</summary>
    public SimilarityMetric Metric { get; init; }

    /// <summary>
    /// What similarities are multiplied by before softmax, above zero. Null (default): what makes the log loss least of training rows measured against centres
    /// that they were left out of, within a tenth and ten times of the value that is used where no class has two rows: 10 where the metric is cosine, else 1
    /// over the mean squared distance of the centres from their middle.
    /// </summary>
    public double? Sharpness { get; init; }

    /// <summary>Threads to use; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
