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
        : this(weights.Weight, [.. weights.Bias.ToArray().Select(value => (double)value)])
    {
    }

    /// <summary>Lays a layer out.</summary>
    /// <param name="weight">classes × features.</param>
    /// <param name="bias">One a class.</param>
    public SoftmaxPredictor(ReadOnlySpan<float> weight, ReadOnlySpan<double> bias)
    {
        _classes = bias.Length;
        _features = weight.Length / _classes;
        _stride = PaddedRows.Stride(_features);
        _columns = PaddedRows.Columns(_features);
        _weights = new float[checked(_classes * _stride)];
        for (var c = 0; c < _classes; c++)
        {
            weight.Slice(c * _features, _features).CopyTo(_weights.AsSpan(c * _stride));
        }

        _bias = new double[SoftmaxRows.PaddedClasses(_classes)];
        Array.Fill(_bias, double.NegativeInfinity);
        bias.CopyTo(_bias);
    }

    /// <summary>Probabilities of some examples; what one gets does not depend on the others.</summary>
    /// <param name="rows">An even number of rows of room, filled up with zeros to the kernels' multiple.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="count">Number of examples.</param>
    /// <param name="inverseTemperature">What logits are multiplied by.</param>
    /// <param name="probabilities">count × classes.</param>
    public void Predict(float* rows, int stride, int count, double inverseTemperature, Span<float> probabilities)
    {
        var padded = _bias.Length;
        var even = count + (count & 1);
        var logits = ArrayPool<double>.Shared.Rent(even * padded);
        for (var row = 0; row < even; row++)
        {
            _bias.CopyTo(logits, row * padded);
        }

        fixed (float* w = _weights)
        fixed (double* z = logits)
        {
            LinearKernels.Forward(rows, stride, even, _columns, w, _stride, _classes, z, padded);
            for (var row = 0; row < count; row++)
            {
                Softmax(z + (row * padded), inverseTemperature, probabilities.Slice(row * _classes, _classes));
            }
        }

        ArrayPool<double>.Shared.Return(logits);
    }

    private void Softmax(double* logits, double inverseTemperature, Span<float> probabilities)
    {
        for (var c = 0; inverseTemperature != 1 && c < _classes; c++)
        {
            logits[c] *= inverseTemperature;
        }

        var sum = SoftmaxRows.Exponentials(logits, _bias.Length, out _);
        for (var c = 0; c < _classes; c++)
        {
            probabilities[c] = (float)(logits[c] / sum);
        }
    }
}
