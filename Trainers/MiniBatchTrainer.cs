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
        ArgumentNullException.ThrowIfNull(training);
        var features = training.Features;
        var labels = training.Labels.ToArray();
        var present = PresentClasses.Of(features, labels, _options.Labels);
        var rowWeights = RowWeights.Of(features, present, _options.ClassWeighting, _options.ClassWeights, training.SampleWeights.Span);
        features.ThrowIfNotFinite();
        var validator = Validator(features, validation);
        if (_options.InitialWeights is { } initial && initial.Features != features.Columns)
        {
            throw new TrainingDataException($"The initial weights are for {initial.Features} features; the rows have {features.Columns}.");
        }

        var stepsAnEpoch = _options.StepsAnEpoch(features.Rows);
        var steps = _options.TotalSteps(features.Rows);
        if (steps > int.MaxValue)
        {
            throw new TrainingDataException($"{_options.Epochs} epochs of {stepsAnEpoch} batches are more than {int.MaxValue} steps; ask for fewer epochs or larger batches.");
        }

        var random = new SeededRandom(_options.Seed);
        using var batch = new SoftmaxBatch(features, labels, rowWeights, _options, _options.BatchRows(features.Rows));
        Initialize(batch, random);
        var run = new MiniBatchRun(_options, batch, new BatchSampler(_options.Sampling, present, random), stepsAnEpoch, (int)steps, Layer);
        run.Go(validator, progress, cancellation);

        var layer = Layer(batch, run.Steps);
        var (logLoss, correct) = ExactLoss.Measure(features, labels, rowWeights, layer, Environment.ProcessorCount, cancellation);
        return new TrainingResult
        {
            Weights = layer,
            Objective = logLoss + (_options.L2 / 2 * ExactLoss.SumOfSquares(layer)),
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            GradientNorm = double.NaN,
            Iterations = run.Steps,
            Evaluations = run.Steps,
            StopReason = run.StoppedEarly ? StopReason.EarlyStopping : StopReason.MaxIterations,
            History = run.History,
            BestEpoch = run.BestEpoch,
            Notices = present.Notices,
        };

        SoftmaxWeights Layer(SoftmaxBatch source, int step) => LayerOf(source, features.Columns, step);
    }

    /// <summary>Measures a layer on the validation rows; null where there are none.</summary>
    private Func<SoftmaxWeights, CancellationToken, (double Loss, double Accuracy)>? Validator(FeatureMatrix features, TrainingRows? validation)
    {
        if (validation is null || validation.Features.Rows == 0)
        {
            return _options.Patience is null
                ? null
                : throw new TrainingDataException("Early stopping watches the loss on validation rows, and there are none. Set some rows aside for validation, or train without patience.");
        }

        var rows = validation.Features;
        if (rows.Columns != features.Columns)
        {
            throw new TrainingDataException($"The validation rows have {rows.Columns} features; the training rows have {features.Columns}.");
        }

        LabelChecks.ThrowIfNotLabels(rows, validation.Labels.Span, _options.Labels.Count);
        RowWeights.ThrowIfNotSampleWeights(rows, validation.SampleWeights.Span);
        rows.ThrowIfNotFinite();
        var weights = validation.SampleWeights.IsEmpty ? null : validation.SampleWeights.ToArray();
        return (layer, cancellation) =>
        {
            var (loss, correct) = ExactLoss.Measure(rows, validation.Labels, weights, layer, Environment.ProcessorCount, cancellation);
            return (loss, correct / (double)rows.Rows);
        };
    }

    private void Initialize(SoftmaxBatch batch, SeededRandom random)
    {
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

            batch.Bias[c] = _options.InitialWeights?.Bias[c] ?? 0;
        }
    }

    private SoftmaxWeights LayerOf(SoftmaxBatch batch, int columns, int step)
    {
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
            throw MiniBatchRun.Diverged(step, _options.Schedule.At(Math.Max(0, step - 1)));
        }

        return new SoftmaxWeights(weight, bias);
    }
}
