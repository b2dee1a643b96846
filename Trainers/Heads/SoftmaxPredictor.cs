using System.Buffers;
using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Heads;

/// <summary>A softmax layer laid out for the kernels. Immutable once made, hence thread-safe.</summary>
internal sealed unsafe class SoftmaxPredictor
{
    private readonly float[] _weights;
    private readonly double[] _bias;
    private readonly int _features;
    private readonly int _classes;
    private readonly int _stride;
    private readonly int _columns;

    public SoftmaxPredictor(SoftmaxWeights weights)
    {
        _features = weights.Features;
        _classes = weights.Classes;
        _stride = PaddedRows.Stride(_features);
        _columns = PaddedRows.Columns(_features);
        _weights = new float[checked(_classes * _stride)];
        for (var c = 0; c < _classes; c++)
        {
            weights.Weight.Slice(c * _features, _features).CopyTo(_weights.AsSpan(c * _stride));
        }

        _bias = new double[SoftmaxRows.PaddedClasses(_classes)];
        Array.Fill(_bias, double.NegativeInfinity);
        for (var c = 0; c < _classes; c++)
        {
            _bias[c] = weights.Bias[c];
        }
    }

    /// <summary>Probabilities of two examples (which may be the same one); what one gets does not depend on the other.</summary>
    public void Predict(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> firstProbabilities, Span<float> secondProbabilities)
    {
        var rows = ArrayPool<float>.Shared.Rent(2 * _columns);
        var logits = ArrayPool<double>.Shared.Rent(2 * _bias.Length);
        rows.AsSpan(0, 2 * _columns).Clear();
        first.CopyTo(rows);
        second.CopyTo(rows.AsSpan(_columns));
        _bias.CopyTo(logits, 0);
        _bias.CopyTo(logits, _bias.Length);
        fixed (float* w = _weights)
        fixed (float* x = rows)
        fixed (double* z = logits)
        {
            LinearKernels.Forward(x, _columns, 2, _columns, w, _stride, _classes, z, _bias.Length);
            Softmax(z, firstProbabilities);
            Softmax(z + _bias.Length, secondProbabilities);
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<double>.Shared.Return(logits);
    }

    private void Softmax(double* logits, Span<float> probabilities)
    {
        var sum = SoftmaxRows.Exponentials(logits, _bias.Length, out _);
        for (var c = 0; c < _classes; c++)
        {
            probabilities[c] = (float)(logits[c] / sum);
        }
    }
}
