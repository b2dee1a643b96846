using System.Globalization;
using MlTransfer.Trainers.DualAscent;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers;

/// <summary>
/// Stochastic dual coordinate ascent: minimises the same objective as <see cref="SoftmaxRegressionTrainer"/>, mean cross-entropy + (L2 / 2) · Σ W² +
/// L1 · Σ |W|, one row after the other, until the duality gap proves the optimum near.
/// </summary>
/// <remarks>
/// Source: Shalev-Shwartz and Zhang, Accelerated Proximal Stochastic Dual Coordinate Ascent, Mathematical Programming 2014 (Prox-SDCA), with the exact
/// maximum for each row. The bias, which no penalty holds, is put to its optimum after each epoch; with it the ascent need not go down every time, and with
/// features of very different scale or a weak penalty it may not come to its end: then the best epoch counts, and that is said. Rows follow one another, so it uses one thread but for
/// the measurements; the same seed gives the same bits for any number of threads. A trainer holds only its options and may be used from several threads.
/// </remarks>
public sealed class SdcaTrainer : IHeadTrainer
{
    /// <summary>Epochs without a smaller gap after which rounding is taken to be all that is left of it.</summary>
    private const int PatienceAtNoise = 100;

    private readonly SdcaOptions _options;
    private readonly SoftmaxRegressionOptions _objective;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public SdcaTrainer(SdcaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _objective = options.Checked();
    }

    /// <inheritdoc/>
    public string Name => "sdca";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>(_objective.DescribeObjective())
    {
        ["max_epochs"] = _options.MaxEpochs.ToString(CultureInfo.InvariantCulture),
        ["tolerance"] = _options.Tolerance.ToString("R", CultureInfo.InvariantCulture),
        ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public bool NeedsValidation => false;

    /// <inheritdoc/>
    public string IterationUnit => "epochs";

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        return Fit(training.Features, training.Labels.Span, training.SampleWeights.Span, progress, cancellation);
    }

    /// <summary>Fits the layer.</summary>
    /// <param name="features">One row an example, at least two rows; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must occur in rows that weigh more than zero.</param>
    /// <param name="sampleWeights">A weight a row, zero or more and finite; empty means 1 each. Multiplied with the class weights, if any.</param>
    /// <param name="progress">Told after each epoch; its gradient norm is the root of the duality gap times twice L2. May be null.</param>
    /// <param name="cancellation">Ends the fit between two epochs.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        IFeatureSource features,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<double> sampleWeights = default,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var problem = new SoftmaxProblem(features, labels, sampleWeights, _objective, cancellation);
        using var ascent = new DualAscentRun(problem, _objective, new SeededRandom(_options.Seed), cancellation);
        var (gap, epochs) = (ascent.Measure(), 0);
        var (least, leastAt) = (gap, 0);
        var best = new BestPoint(ascent, gap);
        while (gap > _options.Tolerance * ascent.Value && epochs < _options.MaxEpochs && epochs - leastAt < PatienceAtNoise)
        {
            ascent.Epoch();
            gap = ascent.Measure();
            epochs++;
            best.Note(gap);
            (least, leastAt) = gap < least ? (gap, epochs) : (least, leastAt);
            progress?.Report(new TrainingProgress(epochs, _options.MaxEpochs, ascent.Value, Math.Sqrt(2 * _options.L2 * gap)));
        }

        var converged = gap <= _options.Tolerance * ascent.Value;
        if (!converged)
        {
            gap = best.Gap;
        }

        var layer = problem.Layer(converged ? ascent.Parameters : best.Parameters);
        var (objective, logLoss, correct) = problem.Measure(layer, _options.L1, _options.L2, cancellation);
        return new TrainingResult
        {
            Weights = layer,
            Objective = objective,
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            GradientNorm = double.NaN,
            Iterations = epochs,
            Evaluations = (2 * epochs) + 1,
            StopReason = converged ? StopReason.ObjectiveTolerance : epochs < _options.MaxEpochs ? StopReason.PrecisionLimit : StopReason.MaxIterations,
            DualityGap = gap,
            Notices =
            [
                .. problem.Classes.Notices,
                .. converged
                    ? Array.Empty<string>()
                    : [string.Create(CultureInfo.InvariantCulture, $"Stopped after {epochs} epochs with a duality gap of {gap:g3}. Allow more epochs, a larger tolerance or a larger L2, standardize features of different scale, or use L-BFGS.")],
            ],
        };
    }
}
