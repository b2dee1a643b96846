namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head is fitted.</summary>
internal sealed record TrainRequest
{
    /// <summary>"lbfgs" or "sgd".</summary>
    public required string Trainer { get; init; }

    /// <summary>Strength of the L2 penalty (L-BFGS).</summary>
    public required double L2 { get; init; }

    /// <summary>Most iterations (L-BFGS).</summary>
    public required int MaxIterations { get; init; }

    /// <summary>Batches to learn from (SGD).</summary>
    public required int Steps { get; init; }

    /// <summary>Step length (SGD).</summary>
    public required double LearningRate { get; init; }

    /// <summary>Rows a batch (SGD).</summary>
    public required int BatchSize { get; init; }

    /// <summary>Seed of SGD's draws.</summary>
    public required int Seed { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>How rows are split.</summary>
    public required SplitRequest Split { get; init; }
}
