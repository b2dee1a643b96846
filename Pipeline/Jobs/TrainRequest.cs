namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head is fitted.</summary>
internal sealed record TrainRequest
{
    /// <summary>"lbfgs", "sgd", "adam", "rmsprop" or "adagrad".</summary>
    public required string Trainer { get; init; }

    /// <summary>Strength of the L2 penalty (L-BFGS).</summary>
    public required double L2 { get; init; }

    /// <summary>Most iterations (L-BFGS).</summary>
    public required int MaxIterations { get; init; }

    /// <summary>How to fit in mini-batches; null for L-BFGS.</summary>
    public MiniBatchRequest? MiniBatch { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>How rows are split.</summary>
    public required SplitRequest Split { get; init; }
}
