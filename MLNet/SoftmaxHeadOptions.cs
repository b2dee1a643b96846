using MlTransfer.Trainers;

namespace MlTransfer.ML;

/// <summary>How <see cref="SoftmaxHeadCatalog.SoftmaxHead(Microsoft.ML.MulticlassClassificationCatalog.MulticlassClassificationTrainers, SoftmaxHeadOptions?)"/> works.</summary>
public sealed record SoftmaxHeadOptions
{
    private readonly int _threads = Environment.ProcessorCount;

    /// <summary>Column of the classes, a key; default <c>Label</c>. Its key values name the classes.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Column of the features, a vector of Single of known size; default <c>Features</c>.</summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>Column of how much each row counts, Single, zero or more; null (default): all the same.</summary>
    public string? ExampleWeightColumnName { get; init; }

    /// <summary>Strength of the penalty (L2 / 2) · Σ W² beside the mean cross-entropy, zero or more; default 0.0003. See <see cref="SoftmaxRegressionOptions.L2"/>.</summary>
    public double L2 { get; init; } = SoftmaxRegressionOptions.DefaultL2;

    /// <summary>Whether rows of rare classes count more; default no.</summary>
    public ClassWeighting ClassWeighting { get; init; }

    /// <summary>Most L-BFGS iterations, default 1,000.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>Stop when the objective is proved to be within this share of its optimum, default 1e-8.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Threads to use; default one a processor. The result is the same for any number.</summary>
    public int Threads
    {
        get => _threads;
        init => _threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread is needed.");
    }

    /// <summary>
    /// Makes another trainer of a softmax head from the names of the classes, for example
    /// <c>labels =&gt; new MiniBatchTrainer(TrainerPresets.Create("keras-adam", labels))</c>; then L2 and what follows it above are not looked at. Null
    /// (default): L-BFGS to the optimum.
    /// </summary>
    public Func<IReadOnlyList<string>, IHeadTrainer>? Trainer { get; init; }

    /// <summary>Told how the fit stands, on the fitting thread; null for silence.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends a fit, as cancelling the execution of the <c>MLContext</c> does.</summary>
    public CancellationToken Cancellation { get; init; }
}
