using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers;

/// <summary>Training rows made ready once, to be fitted at one strength of the penalty after another.</summary>
/// <remarks>Not thread-safe; it uses the threads that the options name.</remarks>
internal sealed class SoftmaxProblem : IDisposable
{
    private const long MostMemoryBytes = 1L << 28;
    private const int FewestPairs = 5;

    private readonly IFeatureSource _features;
    private readonly int[] _labels;
    private readonly SoftmaxRegressionOptions _options;
    private readonly CenteredRows _rows;
    private readonly SoftmaxObjective _objective;
    private double? _zeroNorm;

    /// <summary>Checks the rows and makes them ready.</summary>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class.</exception>
    public SoftmaxProblem(
        IFeatureSource features, ReadOnlySpan<int> labels, ReadOnlySpan<double> sampleWeights, SoftmaxRegressionOptions options, CancellationToken cancellation, long? keepBytes = null)
    {
        _features = features;
        _labels = labels.ToArray();
        _options = options;
        var occupied = PresentClasses.Of(features, labels, options.Labels);
        RowWeight = RowWeights.Of(features, occupied, options.ClassWeighting, options.ClassWeights, sampleWeights);
        Classes = PresentClasses.Of(labels, options.Labels, RowWeight, options.LabelSmoothing > 0);
        if (options.InitialWeights is { } initial && initial.Features != features.Columns)
        {
            throw new TrainingDataException($"The initial weights are for {initial.Features} features; the rows have {features.Columns}.");
        }

        _rows = new CenteredRows(features, options.Standardize, options.Threads, cancellation, keepBytes);
        _objective = new SoftmaxObjective(_rows, Classes.RowLabels, RowWeight, Classes.Count, options.L2, options.LabelSmoothing, options.Threads, cancellation);
    }

    /// <summary>The classes that are fitted.</summary>
    public PresentClasses Classes { get; }

    /// <summary>How much each row counts; null where each counts once.</summary>
    public double[]? RowWeight { get; }

    /// <summary>The prepared rows.</summary>
    public CenteredRows Rows => _rows;

    /// <summary>The objective on them.</summary>
    public SoftmaxObjective Objective => _objective;

    /// <summary>The minimum for a penalty, from where to start; null starts from zero.</summary>
    public MinimizerResult Solve(double l1, double l2, double[]? start, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        _objective.L2 = l2;
        var zero = new double[_objective.Length];
        if (start is not null && _zeroNorm is null)
        {
            var gradient = new double[_objective.Length];
            _objective.Evaluate(zero, gradient);
            _zeroNorm = Math.Sqrt(gradient.Sum(slope => slope * slope));
        }

        var options = new LbfgsOptions(_options.MaxIterations, Memory(), l2, _options.Tolerance, _options.GradientTolerance, start is null ? null : _zeroNorm);
        var curvature = _objective.CurvatureDiagonal();
        return l1 > 0
            ? new OwlqnMinimizer(options, curvature, l1, _objective.WeightCount).Minimize(_objective, start ?? zero, progress, cancellation)
            : new LbfgsMinimizer(options, curvature).Minimize(_objective, start ?? zero, progress, cancellation);
    }

    /// <summary>
    /// The layer for features as they are: W = W' · scale, b = b' − W · mean, in float64; the bias' free common shift is fixed by letting its sum be zero.
    /// </summary>
    public SoftmaxWeights Layer(double[] parameters)
    {
        var weight = new float[checked(Classes.AllCount * _rows.Columns)];
        var bias = new float[Classes.AllCount];
        var shifted = new double[Classes.Count];
        for (var c = 0; c < Classes.Count; c++)
        {
            ReadOnlySpan<double> source = _objective.WeightsOf(parameters, c);
            var target = weight.AsSpan(Classes.Numbers[c] * _rows.Columns, _rows.Columns);
            shifted[c] = parameters[_objective.WeightCount + c];
            for (var d = 0; d < target.Length; d++)
            {
                target[d] = (float)(_rows.Scales.IsEmpty ? source[d] : source[d] * _rows.Scales[d]);
                shifted[c] -= (double)target[d] * _rows.Means[d];
            }
        }

        var mean = shifted.Sum() / shifted.Length;
        Array.Fill(bias, PresentClasses.BiasWithoutRows);
        for (var c = 0; c < Classes.Count; c++)
        {
            bias[Classes.Numbers[c]] = (float)(shifted[c] - mean);
        }

        return new SoftmaxWeights(weight, bias);
    }

    /// <summary>The parameters that give a layer: <see cref="Layer"/> the other way round. A class that the layer never predicts starts at the least bias of the others.</summary>
    public double[] Parameters(SoftmaxWeights layer)
    {
        var parameters = new double[_objective.Length];
        var start = PresentClasses.StartingBias(layer.Bias);
        for (var c = 0; c < Classes.Count; c++)
        {
            var source = layer.Weight.Slice(Classes.Numbers[c] * _rows.Columns, _rows.Columns);
            var target = _objective.WeightsOf(parameters, c);
            double bias = start[Classes.Numbers[c]];
            for (var d = 0; d < target.Length; d++)
            {
                target[d] = _rows.Scales.IsEmpty ? source[d] : (double)source[d] / _rows.Scales[d];
                bias += (double)source[d] * _rows.Means[d];
            }

            parameters[_objective.WeightCount + c] = bias;
        }

        return parameters;
    }

    /// <summary>Loss, accuracy and objective of a layer on the rows, in float64.</summary>
    public (double Objective, double LogLoss, int Correct) Measure(SoftmaxWeights layer, double l1, double l2, CancellationToken cancellation)
    {
        var (logLoss, correct) = ExactLoss.Measure(_features, _labels, RowWeight, layer, _options.Threads, cancellation, _options.LabelSmoothing);
        return (logLoss + ExactLoss.Penalty(layer, _rows.Scales, l1, l2), logLoss, correct);
    }

    public void Dispose()
    {
        _objective.Dispose();
        _rows.Dispose();
    }

    private int Memory()
    {
        var affordable = (int)(MostMemoryBytes / (2L * sizeof(double) * _objective.Length));
        return Math.Min(_options.Memory, Math.Max(FewestPairs, affordable));
    }
}
