using MlTransfer.Trainers;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a head is fitted in mini-batches: a preset, and what replaces parts of it. Null stands for what the preset says.</summary>
internal sealed record MiniBatchRequest
{
    /// <summary>"sgd", "adam", "rmsprop" or "adagrad".</summary>
    public required string Trainer { get; init; }

    /// <summary>One of <see cref="TrainerPresets.Names"/>.</summary>
    public required string Preset { get; init; }

    /// <summary>Batches to learn from; not beside <see cref="Epochs"/>.</summary>
    public int? Steps { get; init; }

    /// <summary>Passes over the training rows, each row once a pass.</summary>
    public int? Epochs { get; init; }

    /// <summary>The first step's length.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Rows a batch; −1 means all.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Momentum of sgd and rmsprop.</summary>
    public double? Momentum { get; init; }

    /// <summary>Whether sgd's momentum looks ahead.</summary>
    public bool Nesterov { get; init; }

    /// <summary>How the learning rate falls over the whole of the fit: "constant", "exponential", "cosine", "polynomial" or "step".</summary>
    public required string Schedule { get; init; }

    /// <summary>Epochs without a better validation loss before the fit ends.</summary>
    public int? Patience { get; init; }

    /// <summary>Strength of the penalty on the weights; null for the preset's, which is none.</summary>
    public double? L2 { get; init; }

    /// <summary>Share of each label that is spread evenly over all.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How much the images of each label count; null where all count the same.</summary>
    public ClassWeightRequest? ClassWeights { get; init; }

    /// <summary>Seed of the initial weights and of the draws.</summary>
    public required int Seed { get; init; }

    /// <summary>The options for so many training rows.</summary>
    public MiniBatchOptions Options(IReadOnlyList<string> labels, int rows)
    {
        var preset = TrainerPresets.Create(Preset, labels);
        var options = preset with
        {
            Optimizer = OptimizerOf(preset.Optimizer),
            BatchSize = BatchSize ?? preset.BatchSize,
            Epochs = Epochs ?? preset.Epochs,
            Steps = Epochs is null ? Steps ?? preset.Steps : null,
            Sampling = Epochs is null ? preset.Sampling : BatchSampling.Shuffled,
            Patience = Patience,
            Seed = Seed,
            L2 = L2 ?? preset.L2,
            LabelSmoothing = LabelSmoothing,
            ClassWeighting = ClassWeights is { ByLabel: null } ? ClassWeighting.Balanced : ClassWeighting.None,
            ClassWeights = ClassWeights?.Of(labels),
        };
        return options with { Schedule = ScheduleOf(LearningRate ?? preset.Schedule.At(0), options.TotalSteps(rows)) };
    }

    private Optimizer OptimizerOf(Optimizer preset) => Trainer switch
    {
        "sgd" => new SgdOptimizer { Momentum = Momentum ?? (preset as SgdOptimizer)?.Momentum ?? 0, Nesterov = Nesterov },
        "rmsprop" => new RmsPropOptimizer { Momentum = Momentum ?? 0 },
        "adagrad" => new AdagradOptimizer(),
        _ => new AdamOptimizer(),
    };

    /// <summary>Falls to a hundredth (exponential), to zero (cosine; polynomial, in a straight line), or to a tenth after half and again after three quarters (step).</summary>
    private LearningRateSchedule ScheduleOf(double rate, long steps)
    {
        var least = Math.Max(4, steps);
        return Schedule switch
        {
            "exponential" => new ExponentialDecay(rate, least, 0.01),
            "cosine" => new CosineDecay(rate, least),
            "polynomial" => new PolynomialDecay(rate, least, end: 0),
            "step" => new StepDecay([(least / 2) - 1, (least * 3 / 4) - 1], [rate, rate / 10, rate / 100]),
            _ => new ConstantRate(rate),
        };
    }
}
