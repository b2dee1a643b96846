using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers;

/// <summary>How <see cref="SgdTrainer"/> works. The defaults are those of TensorFlow's retrain.py.</summary>
public sealed record SgdOptions
{
    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Batches to learn from (<c>--how_many_training_steps</c>), default 4,000.</summary>
    public int Steps { get; init; } = 4000;

    /// <summary>Step length, constant (<c>--learning_rate</c>), default 0.01.</summary>
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Rows a batch (<c>--train_batch_size</c>), default 100; −1 means all rows.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>How rows are drawn; default as retrain.py.</summary>
    public BatchSampling Sampling { get; init; }

    /// <summary>Seed of the initial weights and of the draws, default 0. The same seed gives the same bits.</summary>
    public int Seed { get; init; }

    /// <summary>Where to start; null (default) draws weights from a normal distribution of deviation 0.001 cut at two deviations, with zero bias.</summary>
    public SoftmaxWeights? InitialWeights { get; init; }

    /// <summary>Steps between two progress reports, default 100.</summary>
    public int ReportEvery { get; init; } = 100;
}
