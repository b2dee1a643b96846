using System.Globalization;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers;

/// <summary>
/// Multinomial logistic regression: the softmax layer that minimises mean cross-entropy + (L2 / 2) · Σ W² + L1 · Σ |W| (bias not penalised), by L-BFGS or,
/// where L1 is above zero, by OWL-QN.
/// </summary>
/// <remarks>
/// References: Nocedal &amp; Wright, Numerical Optimization; Andrew &amp; Gao, ICML 2007. The result is the same, bit for bit, from run to run and for any
/// number of threads. A trainer holds only its options:
/// <see cref="Fit(IFeatureSource, ReadOnlySpan{int}, IProgress{TrainingProgress}?, CancellationToken)"/> may be called from several threads.
/// </remarks>
public sealed class SoftmaxRegressionTrainer : IHeadTrainer
{
    /// <summary>Without a penalty, a log loss below this on rows that are all predicted right shows that nothing holds the weights.</summary>
    private const double SeparatedLogLoss = 0.01;

    private readonly SoftmaxRegressionOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public SoftmaxRegressionTrainer(SoftmaxRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfNotValid();
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => "lbfgs";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>(_options.DescribeObjective())
    {
        ["max_iterations"] = _options.MaxIterations.ToString(CultureInfo.InvariantCulture),
        ["tolerance"] = _options.Tolerance.ToString("R", CultureInfo.InvariantCulture),
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

    /// <summary>Fits the layer.</summary>
    /// <param name="features">One row an example, at least two rows; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must occur.</param>
    /// <param name="progress">Told after each iteration; may be null.</param>
    /// <param name="cancellation">Ends the fit between two passes over the rows.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        IFeatureSource features, ReadOnlySpan<int> labels, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Fit(features, labels, [], progress, cancellation);

    /// <summary>Fits the layer with a weight a row: the objective's first term is (1 / rows) · Σ weight · cross-entropy.</summary>
    /// <param name="features">One row an example, at least two rows; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must occur in rows that weigh more than zero.</param>
    /// <param name="sampleWeights">A weight a row, zero or more and finite; empty means 1 each. Multiplied with the class weights, if any.</param>
    /// <param name="progress">Told after each iteration; may be null.</param>
    /// <param name="cancellation">Ends the fit between two passes over the rows.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        IFeatureSource features,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<double> sampleWeights,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var problem = new SoftmaxProblem(features, labels, sampleWeights, _options, cancellation);
        var start = _options.InitialWeights is { } initial ? problem.Parameters(initial) : null;
        var minimum = problem.Solve(_options.L1, _options.L2, start, progress, cancellation);
        return Result(problem, minimum, features.Rows, _options, cancellation);
    }

    /// <summary>What is told of a minimum.</summary>
    internal static TrainingResult Result(SoftmaxProblem problem, MinimizerResult minimum, int rows, SoftmaxRegressionOptions options, CancellationToken cancellation)
    {
        var layer = problem.Layer(minimum.Parameters);
        var (objective, logLoss, correct) = problem.Measure(layer, options.L1, options.L2, cancellation);
        return new TrainingResult
        {
            Weights = layer,
            Objective = objective,
            LogLoss = logLoss,
            Accuracy = correct / (double)rows,
            GradientNorm = minimum.GradientNorm,
            Iterations = minimum.Iterations,
            Evaluations = minimum.Evaluations,
            StopReason = minimum.StopReason,
            Notices = [.. problem.Classes.Notices, .. Notices(minimum, logLoss, correct == rows, options)],
        };
    }

    private static IEnumerable<string> Notices(MinimizerResult minimum, double logLoss, bool allCorrect, SoftmaxRegressionOptions options)
    {
        if (options is { L1: 0, L2: 0, LabelSmoothing: 0 } && allCorrect && logLoss < SeparatedLogLoss)
        {
            yield return "The training rows are told apart without an error and L2 is zero: the objective has no finite optimum, the weights grow until the fit is stopped. Set L2 above zero.";
        }

        if (minimum.StopReason == StopReason.MaxIterations)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped after {minimum.Iterations} iterations, before the optimum was reached (gradient norm {minimum.GradientNorm:g3}). Allow more iterations, a larger tolerance or a larger penalty.");
        }
        else if (minimum.StopReason == StopReason.PrecisionLimit)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped after {minimum.Iterations} iterations where float32 features allow no further progress (gradient norm {minimum.GradientNorm:g3}); the tolerance asked for was not proved.");
        }
    }
}
