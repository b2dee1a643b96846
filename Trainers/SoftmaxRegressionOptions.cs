namespace MlTransfer.Trainers;

/// <summary>What <see cref="SoftmaxRegressionTrainer"/> minimises and when it stops.</summary>
public sealed record SoftmaxRegressionOptions
{
    /// <summary>Default of <see cref="L2"/>.</summary>
    public const double DefaultL2 = 3e-4;

    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>
    /// Strength of the penalty (L2 / 2) · Σ W² beside the mean cross-entropy; zero or more, default 0.0003. The bias is not penalised.
    /// scikit-learn's C is 1 / (L2 · rows). The default was chosen by three-fold cross-validation of 3,000 flower photos, 5 classes: the bundled graph's
    /// last layer does best at 0.0001 (accuracy 76.0 %; 74.7 % at the default), its tap mixed8 at 0.001 (85.1 %; 85.1 % at the default).
    /// </summary>
    public double L2 { get; init; } = DefaultL2;

    /// <summary>Whether rows of rare classes count more; default no.</summary>
    public ClassWeighting ClassWeighting { get; init; }

    /// <summary>
    /// Stop when the objective is proved to be within this share of its optimum, default 1e-8. The proof: the objective is L2-strongly convex in W,
    /// so it lies at most ‖gradient‖² / (2 · L2) above the optimum. Not used when <see cref="L2"/> is zero.
    /// </summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Stop when the gradient's Euclidean norm has shrunk to this share of its norm at zero weights, default 1e-7; zero turns the rule off.</summary>
    public double GradientTolerance { get; init; } = 1e-7;

    /// <summary>Most L-BFGS iterations, default 1,000.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>Pairs of steps and gradients that L-BFGS remembers, default 20; fewer, but at least 5, where they would take more than 256 MiB.</summary>
    public int Memory { get; init; } = 20;

    /// <summary>Threads to use; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
