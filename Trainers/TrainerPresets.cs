using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers;

/// <summary>Options of <see cref="MiniBatchTrainer"/> as well-known programs set them.</summary>
public static class TrainerPresets
{
    /// <summary>TensorFlow's retrain.py: 4,000 steps of gradient descent at 0.01 on 100 rows, a class at random, then a row of it.</summary>
    public const string Retrain = "retrain";

    /// <summary>Keras' defaults: Adam at 0.001 on 32 rows, shuffled. Keras has no number of epochs of its own to speak of (1); this takes 20.</summary>
    public const string KerasAdam = "keras-adam";

    /// <summary>Gradient descent at 0.1 with momentum 0.9 on 32 rows, shuffled, for 3 epochs, as the first stage of the flower example in Géron's Hands-On Machine Learning.</summary>
    public const string HandsOn = "hands-on";

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Retrain, KerasAdam, HandsOn];

    /// <summary>The options that a name stands for.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="labels">Names of the classes.</param>
    /// <exception cref="ArgumentException">There is no preset of that name.</exception>
    public static MiniBatchOptions Create(string name, IReadOnlyList<string> labels) => name switch
    {
        Retrain => new MiniBatchOptions
        {
            Labels = labels,
            Optimizer = new SgdOptimizer(),
            Schedule = new ConstantRate(0.01),
            BatchSize = 100,
            Steps = 4000,
            Sampling = BatchSampling.ClassThenRow,
            Initialization = WeightInitialization.SmallNormal,
        },
        KerasAdam => new MiniBatchOptions { Labels = labels },
        HandsOn => new MiniBatchOptions { Labels = labels, Optimizer = new SgdOptimizer { Momentum = 0.9 }, Schedule = new ConstantRate(0.1), Epochs = 3 },
        _ => throw new ArgumentException($"There is no preset '{name}'; the presets are {string.Join(", ", Names)}.", nameof(name)),
    };
}
