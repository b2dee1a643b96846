using System.Globalization;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers;

/// <summary>How <see cref="MiniBatchTrainer"/> works. The defaults are those of Keras' Adam and <c>fit</c>, but for the number of epochs.</summary>
public sealed record MiniBatchOptions
{
    /// <summary>Default of <see cref="Epochs"/>.</summary>
    public const int DefaultEpochs = 20;

    /// <summary>Names of the classes; label k means <c>Labels[k]</c>. At least two, all different.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>How gradients become steps, default Adam.</summary>
    public Optimizer Optimizer { get; init; } = new AdamOptimizer();

    /// <summary>The learning rate step by step, default 0.001 throughout.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantRate(0.001);

    /// <summary>Rows a batch, default 32; −1 means all rows.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Passes over the rows, zero or more, default 20. Where rows are drawn with replacement, an epoch is as many batches as a pass would take.</summary>
    public int Epochs { get; init; } = DefaultEpochs;

    /// <summary>Batches to learn from, zero or more, in place of <see cref="Epochs"/>; null by default.</summary>
    public int? Steps { get; init; }

    /// <summary>How rows are drawn, default <see cref="BatchSampling.Shuffled"/>.</summary>
    public BatchSampling Sampling { get; init; } = BatchSampling.Shuffled;

    /// <summary>Seed of the initial weights and of the draws, default 0. The same seed gives the same bits.</summary>
    public int Seed { get; init; }

    /// <summary>Strength of the penalty (L2 / 2) · Σ W² beside the mean cross-entropy; zero (default) or more. Keras' <c>l2(x)</c> is L2 = 2 · x. The bias is not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>Share of each label that is spread evenly over all classes, 0 (default) to less than 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Whether rows of rare classes count more; default no.</summary>
    public ClassWeighting ClassWeighting { get; init; }

    /// <summary>How much a row of each class counts, one number a class in the order of <see cref="Labels"/>, zero or more; null (default) means 1 each.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>
    /// Stop after so many epochs (one or more) in a row without a new lowest loss on the validation rows, and give back the weights of the best epoch, as
    /// Keras' EarlyStopping with <c>restore_best_weights</c>; they are given back too if the epochs run out first. Null (default): no early stopping.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>
    /// Where to start; null (default) draws weights as <see cref="Initialization"/> says. A class that these weights never predict, having had no rows, starts
    /// at the least bias of the others.
    /// </summary>
    public SoftmaxWeights? InitialWeights { get; init; }

    /// <summary>How initial weights are drawn, default as Keras' Dense layer.</summary>
    public WeightInitialization Initialization { get; init; } = WeightInitialization.GlorotUniform;

    /// <summary>Steps between two progress reports, default 100.</summary>
    public int ReportEvery { get; init; } = 100;

    /// <summary>Rows of a full batch out of so many: those asked for, but only draws with replacement take more than there are.</summary>
    internal int BatchRows(int rows) => BatchSize < 0 ? rows : Sampling == BatchSampling.ClassThenRow ? BatchSize : Math.Min(BatchSize, rows);

    /// <summary>Steps of a whole fit on so many rows, one or more.</summary>
    internal long TotalSteps(int rows) => Steps ?? (long)Epochs * StepsAnEpoch(rows);

    /// <summary>Steps that a pass over so many rows, one or more, takes.</summary>
    internal int StepsAnEpoch(int rows) => (int)(((long)rows + BatchRows(rows) - 1) / BatchRows(rows));

    /// <summary>The options by name, for head files; what is zero or off is left out.</summary>
    internal Dictionary<string, string> Describe()
    {
        var texts = new Dictionary<string, string>
        {
            [Steps is null ? "epochs" : "steps"] = Text(Steps ?? Epochs),
            ["learning_rate"] = Text(Schedule.At(0)),
            ["schedule"] = Schedule.Name,
            ["batch_size"] = Text(BatchSize),
            ["seed"] = Text(Seed),
        };
        Optimizer.Describe(texts);
        Note(L2 > 0, "l2", Text(L2));
        Note(LabelSmoothing > 0, "label_smoothing", Text(LabelSmoothing));
        Note(ClassWeighting == ClassWeighting.Balanced, "class_weights", "balanced");
        Note(ClassWeights is not null, "class_weights", string.Join(' ', (ClassWeights ?? []).Select(Text)));
        Note(Patience is not null, "patience", Text(Patience ?? 0));
        return texts;

        void Note(bool given, string name, string value)
        {
            if (given)
            {
                texts[name] = value;
            }
        }
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that says which option is out of its range.</summary>
    internal void ThrowIfNotValid()
    {
        LabelChecks.ThrowIfNotClassNames(Labels);
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(Schedule);
        Optimizer.ThrowIfNotValid();
        ThrowIf(BatchSize is 0 or < -1, $"The batch size must be 1 or more, or -1 for all rows; {BatchSize} was given.");
        ThrowIf(Epochs < 0, $"The number of epochs must be zero or more; {Epochs} was given.");
        ThrowIf(Steps < 0, $"The number of steps must be zero or more; {Steps} was given.");
        ThrowIf(ReportEvery < 1, $"Progress is reported every step or less often; every {ReportEvery} steps was asked for.");
        ThrowIf(Patience < 1, $"The patience must be one epoch or more; {Patience} was given.");
        ThrowIf(!double.IsFinite(L2) || L2 < 0, $"L2 must be zero or more and finite; {L2} was given.");
        ThrowIf(!(LabelSmoothing >= 0 && LabelSmoothing < 1), $"Label smoothing must be at least 0 and less than 1; {LabelSmoothing} was given.");
        LabelChecks.ThrowIfNotClassWeights(Labels, ClassWeights);
        ThrowIf(InitialWeights is { } initial && initial.Classes != Labels.Count, $"The initial weights are for {InitialWeights?.Classes} classes; there are {Labels.Count}.");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void ThrowIf(bool wrong, string message)
    {
        if (wrong)
        {
            throw new ArgumentException(message);
        }
    }
}
