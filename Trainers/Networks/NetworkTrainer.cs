using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Networks;

/// <summary>
/// Mini-batch training of a head with hidden layers, Dense – ReLU – Dropout – … – Dense – softmax, on mean cross-entropy + (L2 / 2) · Σ W² over all layers,
/// step by step as Keras does it.
/// </summary>
/// <remarks>
/// Parameters and sums are float64, products float32. The same seed gives the same bits, whatever the number of threads. A trainer holds only its options
/// and may be used from several threads.
/// </remarks>
public sealed class NetworkTrainer : IHeadTrainer
{
    private const double SmallDeviation = 0.001;

    private readonly NetworkOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public NetworkTrainer(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfNotValid();
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => _options.MiniBatches.Optimizer.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.MiniBatches.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => _options.Describe();

    /// <inheritdoc/>
    public bool NeedsValidation => _options.MiniBatches.Patience is not null;

    /// <inheritdoc/>
    public string IterationUnit => "steps";

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        Fit(training, validation, progress, cancellation);

    /// <summary>Fits the network.</summary>
    /// <param name="training">What to learn from; at least two classes must occur.</param>
    /// <param name="validation">What to validate on after each epoch; null for none. Must be given, with a row or more, where the options set a patience.</param>
    /// <param name="progress">Told every <see cref="MiniBatchOptions.ReportEvery"/> steps and at the last; may be null.</param>
    /// <param name="cancellation">Ends the fit between two steps.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted, or the weights grew out of bounds; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NetworkFit Fit(
        TrainingRows training, TrainingRows? validation = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var options = _options.MiniBatches;
        var plan = MiniBatchPlan.Of(options, training, validation);
        var features = plan.Features;
        if (_options.InitialWeights is { } initial && initial.Features != features.Columns)
        {
            throw new TrainingDataException($"The initial weights are for {initial.Features} features; the rows have {features.Columns}.");
        }

        ThrowIfTooLarge(features.Columns);
        var random = new SeededRandom(options.Seed);
        using var batch = new NetworkBatch(plan, _options, options.BatchRows(features.Rows), random);
        Initialize(batch, random);
        var run = new MiniBatchRun(options, batch, new BatchSampler(options.Sampling, plan.Present, random), plan);
        run.Go(plan.Validation is null ? null : Validate, progress, cancellation);

        var weights = Finished([.. batch.Layers.Select(layer => layer.ToWeights() ?? throw run.Diverged())], plan.Present);
        var (logLoss, correct) = new NetworkForward(weights).Measure(features, plan.Labels, plan.RowWeights, _options.Threads, cancellation);
        return new NetworkFit
        {
            Weights = weights,
            Objective = logLoss + (options.L2 / 2 * weights.Layers.Sum(layer => DoubleKernels.Dot(layer.Weight, layer.Weight))),
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            Iterations = run.Steps,
            StopReason = run.StopReason,
            History = run.History,
            BestEpoch = run.BestEpoch,
            Notices = plan.Present.Notices,
        };

        (double Loss, double Accuracy) Validate()
        {
            var rows = plan.Validation;
            var (loss, right) = batch.Forward.Measure(rows.Features, rows.Labels, rows.SampleWeights, _options.Threads, cancellation);
            return (loss, right / (double)rows.Features.Rows);
        }
    }

    private static NetworkWeights Finished(DenseWeights[] layers, PresentClasses present)
    {
        var bias = layers[^1].Bias.ToArray();
        present.Silence(bias);
        layers[^1] = new DenseWeights(layers[^1].Weight, bias);
        return new NetworkWeights(layers);
    }

    private void ThrowIfTooLarge(int features)
    {
        int[] widths = [features, .. _options.Hidden, Labels.Count];
        for (var l = 1; l < widths.Length; l++)
        {
            if ((long)PaddedRows.Stride(widths[l - 1]) * widths[l] > Array.MaxLength / sizeof(float))
            {
                throw new TrainingDataException($"A layer of {widths[l]} units on {widths[l - 1]} inputs has more weights than fit; ask for fewer units.");
            }
        }
    }

    private void Initialize(NetworkBatch batch, SeededRandom random)
    {
        for (var l = 0; l < batch.Layers.Count; l++)
        {
            var layer = batch.Layers[l];
            var given = _options.InitialWeights?.Layers[l];
            var bias = given is null ? new float[layer.Units] : PresentClasses.StartingBias(given.Bias);
            var limit = Math.Sqrt(6.0 / (layer.Packed.Inputs + layer.Units));
            for (var unit = 0; unit < layer.Units; unit++)
            {
                var row = layer.WeightsOf(unit);
                for (var d = 0; d < row.Length; d++)
                {
                    row[d] = given is not null ? given.Weight[(unit * row.Length) + d]
                        : _options.MiniBatches.Initialization == WeightInitialization.GlorotUniform ? limit * ((2 * random.NextUnit()) - 1)
                        : SmallDeviation * random.NextTruncatedNormal();
                }

                layer.Packed.Bias[unit] = bias[unit];
            }

            layer.Round();
        }
    }
}
