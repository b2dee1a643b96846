using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers;

/// <summary>
/// Mini-batch training of a softmax layer on mean cross-entropy + (L2 / 2) · Σ W², with an optimizer, a learning-rate schedule and early stopping on
/// validation rows, step by step as Keras does it.
/// </summary>
/// <remarks>
/// Batches are small, so steps run on the calling thread. The same seed gives the same bits. A trainer holds only its options and may be used from
/// several threads.
/// </remarks>
public sealed class MiniBatchTrainer : IHeadTrainer
{
    private const double SmallDeviation = 0.001;

    private readonly MiniBatchOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public MiniBatchTrainer(MiniBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfNotValid();
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => _options.Optimizer.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => _options.Describe();

    /// <inheritdoc/>
    public bool NeedsValidation => _options.Patience is not null;

    /// <inheritdoc/>
    public string IterationUnit => "steps";

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        Fit(training, validation, progress, cancellation);

    /// <summary>Fits the layer.</summary>
    /// <param name="training">What to learn from; at least two classes must occur.</param>
    /// <param name="validation">What to validate on after each epoch; null for none. Must be given, with a row or more, where the options set a patience.</param>
    /// <param name="progress">Told every <see cref="MiniBatchOptions.ReportEvery"/> steps and at the last; may be null.</param>
    /// <param name="cancellation">Ends the fit between two steps.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted, or the weights grew out of bounds; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        TrainingRows training, TrainingRows? validation = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var plan = MiniBatchPlan.Of(_options, training, validation);
        var features = plan.Features;
        if (_options.InitialWeights is { } initial && initial.Features != features.Columns)
        {
            throw new TrainingDataException($"The initial weights are for {initial.Features} features; the rows have {features.Columns}.");
        }

        var random = new SeededRandom(_options.Seed);
        using var batch = new SoftmaxBatch(features, plan.Labels, plan.RowWeights, _options, _options.BatchRows(features.Rows));
        Initialize(batch, random);
        var run = new MiniBatchRun(_options, batch, new BatchSampler(_options.Sampling, plan.Present, random), plan);
        run.Go(plan.Validation is null ? null : Validate, progress, cancellation);

        var layer = Silenced(LayerOf(batch, plan, run), plan.Present);
        var (logLoss, correct) = ExactLoss.Measure(features, plan.Labels, plan.RowWeights, layer, Environment.ProcessorCount, cancellation);
        return new TrainingResult
        {
            Weights = layer,
            Objective = logLoss + (_options.L2 / 2 * ExactLoss.SumOfSquares(layer)),
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            GradientNorm = double.NaN,
            Iterations = run.Steps,
            Evaluations = run.Steps,
            StopReason = run.StopReason,
            History = run.History,
            BestEpoch = run.BestEpoch,
            Notices = plan.Present.Notices,
        };

        (double Loss, double Accuracy) Validate()
        {
            var rows = plan.Validation;
            var weights = rows.SampleWeights.IsEmpty ? null : rows.SampleWeights.ToArray();
            var (loss, right) = ExactLoss.Measure(
                rows.Features, rows.Labels, weights, LayerOf(batch, plan, run), Environment.ProcessorCount, cancellation);
            return (loss, right / (double)rows.Features.Rows);
        }
    }

    private void Initialize(SoftmaxBatch batch, SeededRandom random)
    {
        var bias = _options.InitialWeights is { } start ? PresentClasses.StartingBias(start.Bias) : new float[batch.Classes];
        for (var c = 0; c < batch.Classes; c++)
        {
            var row = batch.WeightsOf(c);
            var limit = Math.Sqrt(6.0 / (row.Length + batch.Classes));
            for (var d = 0; d < row.Length; d++)
            {
                row[d] = _options.InitialWeights is { } given ? given.Weight[(c * row.Length) + d]
                    : _options.Initialization == WeightInitialization.GlorotUniform ? limit * ((2 * random.NextUnit()) - 1)
                    : SmallDeviation * random.NextTruncatedNormal();
            }

            batch.Bias[c] = bias[c];
        }
    }

    private static SoftmaxWeights LayerOf(SoftmaxBatch batch, MiniBatchPlan plan, MiniBatchRun run)
    {
        var columns = plan.Features.Columns;
        var weight = new float[batch.Classes * columns];
        var bias = new float[batch.Classes];
        for (var c = 0; c < batch.Classes; c++)
        {
            bias[c] = (float)batch.Bias[c];
            var row = batch.WeightsOf(c);
            for (var d = 0; d < row.Length; d++)
            {
                weight[(c * columns) + d] = (float)row[d];
            }
        }

        if (Array.Exists(weight, value => !float.IsFinite(value)) || Array.Exists(bias, value => !float.IsFinite(value)))
        {
            throw run.Diverged();
        }

        return new SoftmaxWeights(weight, bias);
    }

    /// <summary>The layer in which classes without rows are never predicted; while fitting they are left as they are, so that the loss of validation rows stays a loss.</summary>
    private static SoftmaxWeights Silenced(SoftmaxWeights layer, PresentClasses present)
    {
        var bias = layer.Bias.ToArray();
        present.Silence(bias);
        return new SoftmaxWeights(layer.Weight, bias);
    }
}
