using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.Losses;

/// <summary>A softmax layer under mini-batch training: float64 parameters, and room for the forward and backward products of one batch.</summary>
internal sealed unsafe class SoftmaxBatch : IMiniBatchModel, IDisposable
{
    private readonly IFeatureSource _features;
    private readonly int[] _labels;
    private readonly double[]? _rowWeights;
    private readonly double _l2;
    private readonly double _smoothing;
    private readonly IParameterUpdate _update;
    private readonly int _stride;
    private readonly int _columns;
    private readonly int _paddedClasses;
    private readonly int _weightCount;
    private readonly AlignedBuffer<float> _rows;
    private readonly AlignedBuffer<float> _rounded;
    private readonly AlignedBuffer<double> _logits;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<double> _sums;
    private double[] _kept = [];

    public SoftmaxBatch(IFeatureSource features, int[] labels, double[]? rowWeights, MiniBatchOptions options, int capacity)
    {
        _features = features;
        _labels = labels;
        _rowWeights = rowWeights;
        _l2 = options.L2;
        _smoothing = options.LabelSmoothing;
        Capacity = capacity;
        Classes = options.Labels.Count;
        _stride = PaddedRows.Stride(features.Columns);
        _columns = PaddedRows.Columns(features.Columns);
        _paddedClasses = SoftmaxRows.PaddedClasses(Classes);
        _weightCount = checked(Classes * _columns);
        Parameters = new double[checked(_weightCount + Classes)];
        _update = options.Optimizer.Start(Parameters.Length);
        var even = capacity + (capacity & 1);
        _rows = new AlignedBuffer<float>((long)even * _stride);
        _rounded = new AlignedBuffer<float>((long)Classes * _stride);
        _logits = new AlignedBuffer<double>((long)even * _paddedClasses);
        _slopes = new AlignedBuffer<float>((long)even * _paddedClasses);
        _sums = new AlignedBuffer<double>(Parameters.Length);
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    public int Classes { get; }

    /// <summary>Every parameter: the weights of each class, filled up with zeros to the kernels' multiple, then the bias.</summary>
    public double[] Parameters { get; }

    public Span<double> Bias => Parameters.AsSpan(_weightCount);

    public Span<double> WeightsOf(int label) => Parameters.AsSpan(label * _columns, _features.Columns);

    /// <summary>
    /// One step of the optimizer on the batch's objective Σ weight · cross-entropy / rows + (L2 / 2) · Σ W²; returns that objective and how many rows were
    /// predicted right, both as they were before the step.
    /// </summary>
    public (double Objective, int Correct) Step(ReadOnlySpan<int> rows, double rate)
    {
        var (loss, correct) = ForwardBackward(rows);
        var objective = loss / rows.Length;
        var weights = Parameters.AsSpan(0, _weightCount);
        var sums = new Span<double>(_sums.Pointer, Parameters.Length);
        if (_l2 > 0)
        {
            objective += _l2 / 2 * DoubleKernels.Dot((ReadOnlySpan<double>)weights, weights);
            DoubleKernels.AddScaled(_l2 * rows.Length, weights, sums);
        }

        _update.Apply(rate, 1.0 / rows.Length, sums, Parameters);
        return (objective, correct);
    }

    /// <inheritdoc/>
    public void Keep() => _kept = [.. Parameters];

    /// <inheritdoc/>
    public void Restore() => _kept.CopyTo(Parameters, 0);

    public void Dispose()
    {
        _rows.Dispose();
        _rounded.Dispose();
        _logits.Dispose();
        _slopes.Dispose();
        _sums.Dispose();
    }

    private (double Loss, int Correct) ForwardBackward(ReadOnlySpan<int> rows)
    {
        for (var c = 0; c < Classes; c++)
        {
            DoubleKernels.Round(WeightsOf(c), new Span<float>(_rounded.Pointer + ((long)c * _stride), _features.Columns));
        }

        for (var r = 0; r < rows.Length; r++)
        {
            _features.CopyRow(rows[r], new Span<float>(_rows.Pointer + ((long)r * _stride), _features.Columns));
        }

        var even = rows.Length + (rows.Length & 1);
        for (var r = 0; r < even; r++)
        {
            var logits = new Span<double>(_logits.Pointer + ((long)r * _paddedClasses), _paddedClasses);
            logits[Classes..].Fill(double.NegativeInfinity);
            Bias.CopyTo(logits);
        }

        LinearKernels.Forward(_rows.Pointer, _stride, even, _columns, _rounded.Pointer, _stride, Classes, _logits.Pointer, _paddedClasses);
        new Span<double>(_sums.Pointer, Parameters.Length).Clear();
        var (loss, correct) = (0.0, 0);
        for (var r = 0; r < rows.Length; r++)
        {
            var place = (long)r * _paddedClasses;
            var label = _labels[rows[r]];
            correct += SmoothedCrossEntropy.MostProbable(new ReadOnlySpan<double>(_logits.Pointer + place, Classes)) == label ? 1 : 0;
            loss += SmoothedCrossEntropy.Measure(
                _logits.Pointer + place, Classes, _paddedClasses, label, _rowWeights?[rows[r]] ?? 1, _smoothing, _slopes.Pointer + place, _sums.Pointer + _weightCount);
        }

        LinearKernels.Backward(_rows.Pointer, _stride, rows.Length, _columns, _slopes.Pointer, _paddedClasses, Classes, _sums.Pointer, _columns);
        return (loss, correct);
    }
}
