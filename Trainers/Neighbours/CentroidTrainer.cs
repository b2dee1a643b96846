using System.Globalization;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>
/// Nearest centroid: a class is the (weighted) mean of its rows, scaled to length 1 first where the metric is cosine. One pass over the rows, and as good as
/// it gets for a handful of photos a class (Snell et al., Prototypical Networks, 2017, with a network that stays as it is).
/// </summary>
/// <remarks>The same bits whatever the number of threads. A trainer holds only its options and may be used from several threads.</remarks>
public sealed class CentroidTrainer : IHeadTrainer
{
    private const double DefaultCosineSharpness = 10;
    private const double Leeway = 10;

    /// <summary>Most similarities that the sharpness is fitted on; it is one number, which a few rows, evenly spaced over all, tell well enough.</summary>
    private const int MostSimilarities = 1 << 18;

    private const int FewestRows = 256;
    private const int MostRows = 4096;

    private readonly CentroidOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public CentroidTrainer(CentroidOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabelChecks.ThrowIfNotClassNames(options.Labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        if (options.Sharpness is { } sharpness && (!double.IsFinite(sharpness) || sharpness <= 0))
        {
            throw new ArgumentException($"The sharpness must be above zero and finite; {sharpness} was given.", nameof(options));
        }

        _options = options;
    }

    /// <inheritdoc/>
    public string Name => "centroid";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options
    {
        get
        {
            var texts = new Dictionary<string, string> { ["metric"] = MetricNames.Of(_options.Metric) };
            if (_options.Sharpness is { } sharpness)
            {
                texts["sharpness"] = sharpness.ToString("R", CultureInfo.InvariantCulture);
            }

            return texts;
        }
    }

    /// <inheritdoc/>
    public bool NeedsValidation => false;

    /// <inheritdoc/>
    public string? IterationUnit => null;

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        Fit(training, cancellation);

    /// <summary>Finds the centroids.</summary>
    /// <param name="training">What to learn from; at least two classes must occur.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public CentroidFit Fit(TrainingRows training, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        var features = training.Features;
        var labels = training.Labels.ToArray();
        var present = PresentClasses.Of(features, labels, _options.Labels);
        RowWeights.ThrowIfNotSampleWeights(features, training.SampleWeights.Span);
        features.ThrowIfNotFinite();
        var sums = new ClassSums(features, labels, training.SampleWeights, _options, cancellation);
        var sharpness = _options.Sharpness ?? FittedSharpness(sums, cancellation);
        var set = sums.ToCentroids(sharpness);
        var head = new Heads.CentroidHead(set, FitFigures.Draft(_options.Labels));
        var figures = FitFigures.Of(head.Predict(features, _options.Threads), labels, training.SampleWeights.Span);
        return new CentroidFit
        {
            Centroids = set,
            Objective = figures.LogLoss,
            LogLoss = figures.LogLoss,
            Accuracy = figures.Accuracy,
            Iterations = 0,
            StopReason = StopReason.ClosedForm,
            Notices = present.Notices,
        };
    }

    private double FittedSharpness(ClassSums sums, CancellationToken cancellation)
    {
        var start = _options.Metric == SimilarityMetric.Cosine ? DefaultCosineSharpness : 1 / sums.Spread();
        if (!double.IsFinite(start) || start <= 0)
        {
            return 1;
        }

        var (similarities, labels) = sums.LeftOutSimilarities(Math.Clamp(MostSimilarities / _options.Labels.Count, FewestRows, MostRows), _options.Threads, cancellation);
        if (labels.Length == 0)
        {
            return start;
        }

        var logits = Array.ConvertAll(similarities, similarity => (float)(start * similarity));
        return start / Math.Clamp(TemperatureScaling.Fit(logits, labels), 1 / Leeway, Leeway);
    }
}
