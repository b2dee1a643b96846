using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers;

/// <summary>
/// Plain mini-batch gradient descent on the mean cross-entropy of a softmax layer: W −= rate · gradient, as TensorFlow's GradientDescentOptimizer and
/// retrain.py use it. No penalty, constant rate, a fixed number of steps. <see cref="MiniBatchTrainer"/> with fewer choices.
/// </summary>
/// <remarks>
/// Batches are small, so it runs on the calling thread. The same seed gives the same bits. A trainer holds only its options and may be used from
/// several threads.
/// </remarks>
public sealed class SgdTrainer
{
    private readonly MiniBatchTrainer _trainer;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public SgdTrainer(SgdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _trainer = new MiniBatchTrainer(TrainerPresets.Create(TrainerPresets.Retrain, options.Labels) with
        {
            Optimizer = new SgdOptimizer(),
            Schedule = new ConstantRate(options.LearningRate),
            BatchSize = options.BatchSize,
            Steps = options.Steps,
            Sampling = options.Sampling,
            Seed = options.Seed,
            InitialWeights = options.InitialWeights,
            ReportEvery = options.ReportEvery,
        });
    }

    /// <summary>Fits the layer.</summary>
    /// <param name="features">One row an example; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must occur.</param>
    /// <param name="progress">Told every <see cref="SgdOptions.ReportEvery"/> steps; may be null.</param>
    /// <param name="cancellation">Ends the fit between two steps.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted, or the weights grew out of bounds; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        FeatureMatrix features, ReadOnlySpan<int> labels, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        return _trainer.Fit(new TrainingRows { Features = features, Labels = labels.ToArray() }, null, progress, cancellation);
    }
}
