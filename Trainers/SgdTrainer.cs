using System.Globalization;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers;

/// <summary>
/// Plain mini-batch gradient descent on the mean cross-entropy of a softmax layer: W −= rate · gradient, as TensorFlow's GradientDescentOptimizer and
/// retrain.py use it. No penalty, constant rate, a fixed number of steps.
/// </summary>
/// <remarks>
/// Batches are small, so it runs on the calling thread. The same seed gives the same bits. A trainer holds only its options and may be used from
/// several threads.
/// </remarks>
public sealed class SgdTrainer
{
    private const double InitialDeviation = 0.001;

    private readonly SgdOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public SgdTrainer(SgdOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabelChecks.ThrowIfNotClassNames(options.Labels);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Steps, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReportEvery, 1, nameof(options));
        if (!double.IsFinite(options.LearningRate) || options.LearningRate <= 0)
        {
            throw new ArgumentException($"The learning rate must be above zero and finite; {options.LearningRate} was given.", nameof(options));
        }

        if (options.BatchSize is 0 or < -1)
        {
            throw new ArgumentException($"The batch size must be 1 or more, or -1 for all rows; {options.BatchSize} was given.", nameof(options));
        }

        if (options.InitialWeights is { } initial && initial.Classes != options.Labels.Count)
        {
            throw new ArgumentException($"The initial weights are for {initial.Classes} classes; there are {options.Labels.Count}.", nameof(options));
        }

        _options = options;
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
        var present = PresentClasses.Of(features, labels, _options.Labels);
        features.ThrowIfNotFinite();
        if (_options.InitialWeights is { } initial && initial.Features != features.Columns)
        {
            throw new TrainingDataException($"The initial weights are for {initial.Features} features; the rows have {features.Columns}.");
        }

        var random = new SeededRandom(_options.Seed);
        using var batch = new SgdBatch(features, _options.BatchSize < 0 ? features.Rows : _options.BatchSize, _options.Labels.Count);
        Initialize(batch, random);
        var sampler = new BatchSampler(_options.Sampling, present, random);
        var rows = new int[batch.Capacity];
        for (var step = 0; step < _options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = sampler.Next(rows);
            var loss = batch.Step(rows.AsSpan(0, count), labels, _options.LearningRate);
            if (!double.IsFinite(loss))
            {
                throw Diverged(step);
            }

            if ((step + 1) % _options.ReportEvery == 0 || step + 1 == _options.Steps)
            {
                progress?.Report(new TrainingProgress(step + 1, _options.Steps, loss, double.NaN));
            }
        }

        return Result(batch, features, labels, present, cancellation);
    }

    private TrainingDataException Diverged(int step) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The loss grew out of bounds at step {step + 1}: the learning rate {_options.LearningRate} is too large for these features. Use a smaller one."));

    private void Initialize(SgdBatch batch, SeededRandom random)
    {
        for (var c = 0; c < batch.Classes; c++)
        {
            var row = batch.WeightsOf(c);
            for (var d = 0; d < row.Length; d++)
            {
                row[d] = _options.InitialWeights?.Weight[(c * row.Length) + d] ?? InitialDeviation * random.NextTruncatedNormal();
            }

            batch.Bias[c] = _options.InitialWeights?.Bias[c] ?? 0;
        }
    }

    private TrainingResult Result(SgdBatch batch, FeatureMatrix features, ReadOnlySpan<int> labels, PresentClasses present, CancellationToken cancellation)
    {
        var weight = new float[batch.Classes * features.Columns];
        var bias = new float[batch.Classes];
        for (var c = 0; c < batch.Classes; c++)
        {
            bias[c] = (float)batch.Bias[c];
            var row = batch.WeightsOf(c);
            for (var d = 0; d < row.Length; d++)
            {
                weight[(c * features.Columns) + d] = (float)row[d];
                if (!float.IsFinite(weight[(c * features.Columns) + d]))
                {
                    throw Diverged(_options.Steps - 1);
                }
            }
        }

        var layer = new SoftmaxWeights(weight, bias);
        var (logLoss, correct) = ExactLoss.Measure(features, labels.ToArray(), null, layer, Environment.ProcessorCount, cancellation);
        return new TrainingResult
        {
            Weights = layer,
            Objective = logLoss,
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            GradientNorm = double.NaN,
            Iterations = _options.Steps,
            Evaluations = _options.Steps,
            StopReason = StopReason.MaxIterations,
            Notices = present.Notices,
        };
    }
}
