using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Losses;

/// <summary>A softmax layer under gradient descent: float64 weights, and room for the forward and backward products of one batch.</summary>
internal sealed unsafe class SgdBatch : IDisposable
{
    private readonly FeatureMatrix _features;
    private readonly int _stride;
    private readonly int _columns;
    private readonly int _paddedClasses;
    private readonly double[] _weights;
    private readonly AlignedBuffer<float> _rows;
    private readonly AlignedBuffer<float> _rounded;
    private readonly AlignedBuffer<double> _logits;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<double> _sums;

    public SgdBatch(FeatureMatrix features, int capacity, int classes)
    {
        _features = features;
        Capacity = capacity;
        Classes = classes;
        _stride = PaddedRows.Stride(features.Columns);
        _columns = PaddedRows.Columns(features.Columns);
        _paddedClasses = SoftmaxRows.PaddedClasses(classes);
        _weights = new double[checked(classes * _columns)];
        Bias = new double[classes];
        var even = capacity + (capacity & 1);
        _rows = new AlignedBuffer<float>((long)even * _stride);
        _rounded = new AlignedBuffer<float>((long)classes * _stride);
        _logits = new AlignedBuffer<double>((long)even * _paddedClasses);
        _slopes = new AlignedBuffer<float>((long)even * _paddedClasses);
        _sums = new AlignedBuffer<double>((long)_weights.Length + classes);
    }

    /// <summary>Most rows of a batch.</summary>
    public int Capacity { get; }

    public int Classes { get; }

    public double[] Bias { get; }

    public Span<double> WeightsOf(int label) => _weights.AsSpan(label * _columns, _features.Columns);

    /// <summary>One step down the gradient of the batch's mean loss; returns that loss, as it was before the step.</summary>
    public double Step(ReadOnlySpan<int> rows, ReadOnlySpan<int> labels, double rate)
    {
        var loss = ForwardBackward(rows, labels);
        var scale = -rate / rows.Length;
        DoubleKernels.AddScaled(scale, new ReadOnlySpan<double>(_sums.Pointer, _weights.Length), _weights);
        DoubleKernels.AddScaled(scale, new ReadOnlySpan<double>(_sums.Pointer + _weights.Length, Classes), Bias);
        return loss / rows.Length;
    }

    public void Dispose()
    {
        _rows.Dispose();
        _rounded.Dispose();
        _logits.Dispose();
        _slopes.Dispose();
        _sums.Dispose();
    }

    private double ForwardBackward(ReadOnlySpan<int> rows, ReadOnlySpan<int> labels)
    {
        Round();
        for (var r = 0; r < rows.Length; r++)
        {
            _features.Row(rows[r]).CopyTo(new Span<float>(_rows.Pointer + ((long)r * _stride), _features.Columns));
        }

        var even = rows.Length + (rows.Length & 1);
        for (var r = 0; r < even; r++)
        {
            var logits = new Span<double>(_logits.Pointer + ((long)r * _paddedClasses), _paddedClasses);
            logits[Classes..].Fill(double.NegativeInfinity);
            Bias.CopyTo(logits);
        }

        LinearKernels.Forward(_rows.Pointer, _stride, even, _columns, _rounded.Pointer, _stride, Classes, _logits.Pointer, _paddedClasses);
        new Span<double>(_sums.Pointer, _weights.Length + Classes).Clear();
        var loss = 0.0;
        for (var r = 0; r < rows.Length; r++)
        {
            var place = (long)r * _paddedClasses;
            loss += SoftmaxRows.CrossEntropy(
                _logits.Pointer + place, Classes, _paddedClasses, labels[rows[r]], 1, _slopes.Pointer + place, _sums.Pointer + _weights.Length);
        }

        LinearKernels.Backward(_rows.Pointer, _stride, rows.Length, _columns, _slopes.Pointer, _paddedClasses, Classes, _sums.Pointer, _columns);
        return loss;
    }

    private void Round()
    {
        for (var c = 0; c < Classes; c++)
        {
            var source = WeightsOf(c);
            var target = _rounded.Pointer + ((long)c * _stride);
            for (var d = 0; d < source.Length; d++)
            {
                target[d] = (float)source[d];
            }
        }
    }
}
