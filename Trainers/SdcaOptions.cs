namespace MlTransfer.Trainers;

/// <summary>What <see cref="SdcaTrainer"/> minimises and when it stops.</summary>
public sealed record SdcaOptions
{
    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Strength of the penalty (L2 / 2) · Σ W² beside the mean cross-entropy; above zero, default 0.0003. The smaller, the more epochs. The bias is not penalised.</summary>
    public double L2 { get; init; } = SoftmaxRegressionOptions.DefaultL2;

    /// <summary>Strength of the penalty L1 · Σ |W|, zero (default) or more.</summary>
    public double L1 { get; init; }

    /// <summary>Whether each feature is divided by its standard deviation before the penalty is applied, as in <see cref="SoftmaxRegressionOptions.Standardize"/>; default no.</summary>
    public bool Standardize { get; init; }

    /// <summary>Whether rows of rare classes count more; default no.</summary>
    public ClassWeighting ClassWeighting { get; init; }

    /// <summary>How much a row of each class counts, one number a class in the order of <see cref="Labels"/>, zero or more; null (default) means 1 each.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Stop when the duality gap is at most this share of the objective: then the objective is proved to be as near to its optimum. Default 1e-6.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most passes over the rows, default 1,000.</summary>
    public int MaxEpochs { get; init; } = 1000;

    /// <summary>Seed of the order of rows, default 0. The same seed gives the same bits.</summary>
    public int Seed { get; init; }

    /// <summary>Threads for what is not one row after the other; default one a processor. The result is the same, bit for bit, for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The same objective for <see cref="SoftmaxRegressionTrainer"/>; throws an <see cref="ArgumentException"/> that says which option is out of its range.</summary>
    internal SoftmaxRegressionOptions Checked()
    {
        var options = new SoftmaxRegressionOptions
        {
            Labels = Labels,
            L2 = L2,
            L1 = L1,
            Standardize = Standardize,
            ClassWeighting = ClassWeighting,
            ClassWeights = ClassWeights,
            Tolerance = Tolerance,
            MaxIterations = MaxEpochs,
            Threads = Threads,
        };
        options.ThrowIfNotValid();
        return L2 > 0 ? options : throw new ArgumentException($"SDCA needs an L2 penalty above zero; {L2} was given. Give one, or use L-BFGS, which does without.");
    }
}
