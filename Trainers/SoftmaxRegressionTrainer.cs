using System.Globalization;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers;

/// <summary>
/// Multinomial logistic regression: the softmax layer that minimises mean cross-entropy + (L2 / 2) · Σ W² (bias not penalised, features as they are), by L-BFGS.
/// </summary>
/// <remarks>
/// Reference: Nocedal &amp; Wright, Numerical Optimization. The result is the same, bit for bit, from run to run and for any number of threads.
/// A trainer holds only its options: <see cref="Fit(FeatureMatrix, ReadOnlySpan{int}, IProgress{TrainingProgress}?, CancellationToken)"/> may be called from
/// several threads.
/// </remarks>
public sealed class SoftmaxRegressionTrainer : IHeadTrainer
{
    private const long MostMemoryBytes = 1L << 28;
    private const int FewestPairs = 5;

    /// <summary>Without a penalty, a log loss below this on rows that are all predicted right shows that nothing holds the weights.</summary>
    private const double SeparatedLogLoss = 0.01;

    private readonly SoftmaxRegressionOptions _options;

    /// <summary>Checks and keeps the options.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public SoftmaxRegressionTrainer(SoftmaxRegressionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LabelChecks.ThrowIfNotClassNames(options.Labels);
        if (!double.IsFinite(options.L2) || options.L2 < 0)
        {
            throw new ArgumentException($"L2 must be zero or more and finite; {options.L2} was given.", nameof(options));
        }

        ThrowIfNotShare(options.Tolerance, nameof(options.Tolerance));
        ThrowIfNotShare(options.GradientTolerance, nameof(options.GradientTolerance));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxIterations, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Memory, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => "lbfgs";

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _options.Labels;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>
    {
        ["l2"] = _options.L2.ToString("R", CultureInfo.InvariantCulture),
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
        FeatureMatrix features, ReadOnlySpan<int> labels, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Fit(features, labels, [], progress, cancellation);

    /// <summary>Fits the layer with a weight a row: the objective's first term is (1 / rows) · Σ weight · cross-entropy.</summary>
    /// <param name="features">One row an example, at least two rows; every number finite.</param>
    /// <param name="labels">A class a row, 0 … classes − 1; at least two classes must occur.</param>
    /// <param name="sampleWeights">A weight a row, zero or more and finite; empty means 1 each. Multiplied with the class weights, if any.</param>
    /// <param name="progress">Told after each iteration; may be null.</param>
    /// <param name="cancellation">Ends the fit between two passes over the rows.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TrainingResult Fit(
        FeatureMatrix features,
        ReadOnlySpan<int> labels,
        ReadOnlySpan<double> sampleWeights,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        var classes = PresentClasses.Of(features, labels, _options.Labels);
        var rowWeights = RowWeights.Of(features, classes, _options.ClassWeighting, null, sampleWeights);
        using var rows = new CenteredRows(features, _options.Threads, cancellation);
        using var objective = new SoftmaxObjective(rows, classes.RowLabels, rowWeights, classes.Count, _options.L2, _options.Threads, cancellation);
        var minimizer = new LbfgsMinimizer(
            new LbfgsOptions(_options.MaxIterations, Memory(objective.Length), _options.L2, _options.Tolerance, _options.GradientTolerance),
            objective.CurvatureDiagonal());
        var minimum = minimizer.Minimize(objective, new double[objective.Length], progress, cancellation);

        var weights = Uncenter(minimum.Parameters, objective, rows, classes);
        var (logLoss, correct) = ExactLoss.Measure(features, labels.ToArray(), rowWeights, weights, _options.Threads, cancellation);
        return new TrainingResult
        {
            Weights = weights,
            Objective = logLoss + (_options.L2 / 2 * ExactLoss.SumOfSquares(weights)),
            LogLoss = logLoss,
            Accuracy = correct / (double)features.Rows,
            GradientNorm = minimum.GradientNorm,
            Iterations = minimum.Iterations,
            Evaluations = minimum.Evaluations,
            StopReason = minimum.StopReason,
            Notices = [.. classes.Notices, .. Notices(minimum, logLoss, correct == features.Rows)],
        };
    }

    private static void ThrowIfNotShare(double value, string name)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentException($"{name} must be at least 0 and less than 1; {value} was given.", name);
        }
    }

    private int Memory(int parameters)
    {
        var affordable = (int)(MostMemoryBytes / (2L * sizeof(double) * parameters));
        return Math.Min(_options.Memory, Math.Max(FewestPairs, affordable));
    }

    /// <summary>Back from centred features: b = b' − W · m, in float64; the bias' free common shift is fixed by letting its sum be zero.</summary>
    private static SoftmaxWeights Uncenter(double[] parameters, SoftmaxObjective objective, CenteredRows rows, PresentClasses classes)
    {
        var weight = new float[checked(classes.AllCount * rows.Columns)];
        var bias = new float[classes.AllCount];
        var shifted = new double[classes.Count];
        for (var c = 0; c < classes.Count; c++)
        {
            var source = objective.WeightsOf(parameters, c);
            var target = weight.AsSpan(classes.Numbers[c] * rows.Columns, rows.Columns);
            shifted[c] = parameters[parameters.Length - classes.Count + c];
            for (var d = 0; d < target.Length; d++)
            {
                target[d] = (float)source[d];
                shifted[c] -= (double)target[d] * rows.Means[d];
            }
        }

        var mean = shifted.Sum() / shifted.Length;
        Array.Fill(bias, PresentClasses.BiasWithoutRows);
        for (var c = 0; c < classes.Count; c++)
        {
            bias[classes.Numbers[c]] = (float)(shifted[c] - mean);
        }

        return new SoftmaxWeights(weight, bias);
    }

    private IEnumerable<string> Notices(MinimizerResult minimum, double logLoss, bool allCorrect)
    {
        if (_options.L2 == 0 && allCorrect && logLoss < SeparatedLogLoss)
        {
            yield return "The training rows are told apart without an error and L2 is zero: the objective has no finite optimum, the weights grow until the fit is stopped. Set L2 above zero.";
        }

        if (minimum.StopReason == StopReason.MaxIterations)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped after {minimum.Iterations} iterations, before the optimum was reached (gradient norm {minimum.GradientNorm:g3}). Allow more iterations, a larger tolerance or a larger L2.");
        }
        else if (minimum.StopReason == StopReason.PrecisionLimit)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped after {minimum.Iterations} iterations where float32 features allow no further progress (gradient norm {minimum.GradientNorm:g3}); the tolerance asked for was not proved.");
        }
    }
}
