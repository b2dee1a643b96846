using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Selection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>The objective of softmax regression as the command line states it; what depends on labels and rows is left open until they are known.</summary>
internal sealed record SoftmaxRequest
{
    /// <summary>Whether dual coordinate ascent minimises it, in place of L-BFGS.</summary>
    public required bool Dual { get; init; }

    /// <summary>Strength of the L2 penalty.</summary>
    public required double L2 { get; init; }

    /// <summary>Strength of the L1 penalty.</summary>
    public double L1 { get; init; }

    /// <summary>scikit-learn's C; null where strengths are given.</summary>
    public double? C { get; init; }

    /// <summary>Share of L1 beside C or in a path.</summary>
    public double L1Ratio { get; init; }

    /// <summary>How a path of strengths picks one; null where the strength is given.</summary>
    public PathRequest? Path { get; init; }

    /// <summary>Whether features are divided by their deviations.</summary>
    public bool Standardize { get; init; }

    /// <summary>Share of each label spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How much the images of each label count; null where all count the same.</summary>
    public ClassWeightRequest? ClassWeights { get; init; }

    /// <summary>A softmax head to start from.</summary>
    public SoftmaxHead? WarmStart { get; init; }

    /// <summary>Most iterations of L-BFGS or epochs of SDCA.</summary>
    public required int MaxIterations { get; init; }

    /// <summary>When to stop; null for the trainer's own.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Seed of SDCA's order.</summary>
    public int Seed { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The trainer.</summary>
    public IHeadTrainer CreateTrainer(IReadOnlyList<string> labels, int rows)
    {
        var weights = ClassWeights?.Of(labels);
        var options = new SoftmaxRegressionOptions
        {
            Labels = labels,
            L2 = L2,
            L1 = L1,
            Standardize = Standardize,
            LabelSmoothing = LabelSmoothing,
            ClassWeighting = ClassWeights is { ByLabel: null } ? ClassWeighting.Balanced : ClassWeighting.None,
            ClassWeights = weights,
            InitialWeights = WarmStart?.WeightsFor(labels),
            MaxIterations = MaxIterations,
            Threads = Threads,
        };
        options = Tolerance is { } tolerance ? options with { Tolerance = tolerance } : options;
        options = C is { } c ? options.WithC(c, L1Ratio, rows) : options;
        if (Dual)
        {
            var dual = new SdcaOptions
            {
                Labels = labels,
                L2 = options.L2,
                L1 = options.L1,
                Standardize = Standardize,
                ClassWeighting = options.ClassWeighting,
                ClassWeights = weights,
                MaxEpochs = MaxIterations,
                Seed = Seed,
                Threads = Threads,
            };
            return new SdcaTrainer(Tolerance is { } gap ? dual with { Tolerance = gap } : dual);
        }

        return Path is { } path
            ? new RegularizationPathTrainer(new RegularizationPathOptions { Regression = options, L1Ratio = L1Ratio, Folds = path.Folds, Rule = path.Rule, Seed = path.Seed })
            : new SoftmaxRegressionTrainer(options);
    }
}
