using System.Globalization;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Trainers.Selection;

/// <summary>
/// <see cref="SoftmaxRegressionTrainer"/> with the strength of its penalty picked by stratified cross-validation on the training rows: a path from strong to
/// weak in which each fit starts from the one before, then a fit on all rows at the strength picked.
/// </summary>
/// <remarks>
/// The rows held out in a fold take no part in its means and deviations either. The same seed gives the same bits for any number of threads. A trainer holds only its
/// options and may be used from several threads.
/// </remarks>
public sealed class RegularizationPathTrainer : IHeadTrainer
{
    /// <summary>Precise enough for a loss that is compared between strengths.</summary>
    private const double FoldTolerance = 1e-6;

    /// <summary>Strengths in a row without a smaller loss after which weaker ones are not tried.</summary>
    private const int Patience = 3;

    private readonly RegularizationPathOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public RegularizationPathTrainer(RegularizationPathOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfNotValid();
        _options = options;
    }

    /// <summary>The strengths that are tried where none are given, strongest first.</summary>
    public static IReadOnlyList<double> DefaultStrengths { get; } = [.. Enumerable.Range(0, 15).Select(i => Math.Pow(10, -i / 2.0))];

    /// <inheritdoc/>
    public string Name => "lbfgs";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Regression.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>(new SoftmaxRegressionTrainer(_options.Regression).Options)
    {
        ["l2"] = "auto",
        ["l1_ratio"] = _options.L1Ratio.ToString("R", CultureInfo.InvariantCulture),
        ["folds"] = _options.Folds.ToString(CultureInfo.InvariantCulture),
        ["rule"] = _options.Rule == SelectionRule.Minimum ? "minimum" : "one-standard-error",
        ["seed"] = _options.Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public bool NeedsValidation => false;

    /// <inheritdoc/>
    public string IterationUnit => "iterations";

    /// <inheritdoc/>
    HeadFit IHeadTrainer.Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        return Fit(training.Features, training.Labels.Span, training.SampleWeights.Span, progress, cancellation);
    }

    /// <summary>Searches, then fits; the result's <see cref="TrainingResult.Path"/> tells the curve.</summary>
    /// <param name="features">One row an example; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must have two rows or more.</param>
    /// <param name="sampleWeights">A weight a row, zero or more and finite; empty means 1 each.</param>
    /// <param name="progress">Told after each strength, with the mean loss of the rows held out, and after each iteration of the last fit; may be null.</param>
    /// <param name="cancellation">Ends the fit between two passes over the rows.</param>
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
        RowWeights.ThrowIfNotSampleWeights(features, sampleWeights);
        ThrowIfTooFew(PresentClasses.Of(features, labels, Labels));
        var (path, notices) = Search(features, labels.ToArray(), sampleWeights.ToArray(), progress, cancellation);
        var chosen = _options.Regression.WithStrength(path.Strength, _options.L1Ratio);
        var fit = new SoftmaxRegressionTrainer(chosen).Fit(features, labels, sampleWeights, progress, cancellation);
        return fit with { Path = path, ChosenOptions = chosen.DescribeObjective(), Notices = [.. notices, .. fit.Notices] };
    }

    private static void ThrowIfTooFew(PresentClasses classes)
    {
        if (classes.RowsOf.Count(rows => rows > 1) < 2)
        {
            throw new TrainingDataException(
                "Picking the penalty by cross-validation needs at least two classes with two rows or more. Add examples, or state the strength of the penalty.");
        }
    }

    private (RegularizationPath Path, List<string> Notices) Search(
        IFeatureSource features, int[] labels, double[] sampleWeights, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var count = Math.Min(_options.Folds, labels.Length);
        var foldOf = StratifiedKFold.Assign(Array.ConvertAll(labels, label => Labels[label]), count, _options.Seed);
        var options = _options.Regression with { InitialWeights = null, Tolerance = Math.Max(_options.Regression.Tolerance, FoldTolerance) };
        var keepBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3 / count;
        var folds = new List<PathFold>();
        try
        {
            for (var number = 0; number < count; number++)
            {
                var held = number;
                folds.Add(new PathFold(features, labels, sampleWeights, row => foldOf[row] == held, options, keepBytes, cancellation));
            }

            var points = Walk(folds, progress, cancellation);
            var path = new RegularizationPath(points, RegularizationPath.Pick(points, _options.Rule), count, _options.Rule);
            return (path, Notices(folds, path));
        }
        finally
        {
            folds.ForEach(fold => fold.Dispose());
        }
    }

    private List<RegularizationPoint> Walk(List<PathFold> folds, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var strengths = (_options.Strengths ?? DefaultStrengths).OrderDescending().Distinct().ToArray();
        var points = new List<RegularizationPoint>();
        var (least, since) = (double.PositiveInfinity, 0);
        foreach (var strength in strengths)
        {
            var point = Measure(folds, strength, cancellation);
            points.Add(point);
            progress?.Report(new TrainingProgress(points.Count, strengths.Length, point.LogLoss, double.NaN));
            since = point.LogLoss < least ? 0 : since + 1;
            least = Math.Min(least, point.LogLoss);
            if (_options.Strengths is null && since == Patience)
            {
                break;
            }
        }

        return points;
    }

    private RegularizationPoint Measure(List<PathFold> folds, double strength, CancellationToken cancellation)
    {
        var penalty = _options.Regression.WithStrength(strength, _options.L1Ratio);
        var measured = folds.Select(fold => (Fold: fold, Found: fold.Step(penalty.L1, penalty.L2, cancellation))).ToList();
        var counted = measured.Where(entry => entry.Fold.Weight > 0).ToList();
        var total = counted.Sum(entry => entry.Fold.Weight);
        var rows = measured.Sum(entry => entry.Fold.Rows + entry.Fold.Unknown);
        return new RegularizationPoint(
            strength,
            counted.Sum(entry => entry.Fold.Weight / total * entry.Found.LogLoss),
            StandardError([.. counted.Select(entry => entry.Found.LogLoss)]),
            measured.Sum(entry => entry.Found.Accuracy * (entry.Fold.Rows + entry.Fold.Unknown)) / rows,
            StandardError([.. measured.Select(entry => entry.Found.Accuracy)]),
            measured.Average(entry => entry.Found.Nonzero));
    }

    private static double StandardError(double[] values)
    {
        if (values.Length < 2)
        {
            return 0;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1) / values.Length);
    }

    private static List<string> Notices(List<PathFold> folds, RegularizationPath path)
    {
        var notices = new List<string>();
        var unknown = folds.Sum(fold => fold.Unknown);
        if (unknown > 0)
        {
            notices.Add($"{unknown} rows are the only ones of their class, or nearly so: no fold could learn their class and be tested on them, so they count as errors and have no part in the loss that picks the penalty.");
        }

        if (path.Points.Count > 1 && (path.Chosen == path.Points.Count - 1 || path.Chosen == 0))
        {
            notices.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The strength picked, {path.Strength:g3}, is the {(path.Chosen == 0 ? "strongest" : "weakest")} that was tried; the best may lie beyond."));
        }

        return notices;
    }
}
