using MlTransfer.Trainers;

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

    /// <summary>What to find out beside the head.</summary>
    public EvaluationRequest Evaluation { get; init; } = new();

    /// <summary>The trainer for so many training rows; a schedule that falls over the whole fit depends on them.</summary>
    public IHeadTrainer CreateTrainer(IReadOnlyList<string> labels, int rows) => MiniBatch is { } miniBatch
        ? new MiniBatchTrainer(miniBatch.Options(labels, rows))
        : new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = labels, L2 = L2, MaxIterations = MaxIterations, Threads = Threads });

    /// <summary>The options of a trainer made by <see cref="CreateTrainer"/>, for the head file.</summary>
    public IReadOnlyDictionary<string, string> Describe(IHeadTrainer trainer) =>
        MiniBatch is null ? trainer.Options : new Dictionary<string, string>(trainer.Options) { ["preset"] = MiniBatch.Preset };
}
