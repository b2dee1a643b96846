using System.Buffers;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// For each output position along one axis: the two input positions it lies between and the weight of the upper one.
/// Arithmetic of TensorFlow's compute_interpolation_weights (core/kernels/image/resize_bilinear_op.cc) in float32.
/// </summary>
internal readonly struct BilinearAxis : IDisposable
{
    private readonly int[] _lower;
    private readonly int[] _upper;
    private readonly float[] _weight;

    /// <summary>Computes the positions, multiplied by <paramref name="stride"/>.</summary>
    public BilinearAxis(int inputSize, int outputSize, int stride, CoordinateMode mode)
    {
        Length = outputSize;
        _lower = ArrayPool<int>.Shared.Rent(outputSize);
        _upper = ArrayPool<int>.Shared.Rent(outputSize);
        _weight = ArrayPool<float>.Shared.Rent(outputSize);
        var scale = ScaleOf(inputSize, outputSize, mode);
        for (var i = 0; i < outputSize; i++)
        {
            var position = mode == CoordinateMode.HalfPixel ? ((i + 0.5f) * scale) - 0.5f : i * scale;
            var floor = MathF.Floor(position);
            var upper = Math.Min((int)MathF.Ceiling(position), inputSize - 1);
            _upper[i] = upper * stride;
            _lower[i] = Math.Min(Math.Max((int)floor, 0), upper) * stride;
            _weight[i] = position - floor;
        }
    }

    /// <summary>Number of output positions.</summary>
    public int Length { get; }

    /// <summary>Offsets of the lower neighbours.</summary>
    public ReadOnlySpan<int> Lower => _lower.AsSpan(0, Length);

    /// <summary>Offsets of the upper neighbours.</summary>
    public ReadOnlySpan<int> Upper => _upper.AsSpan(0, Length);

    /// <summary>Weights of the upper neighbours, 0…1.</summary>
    public ReadOnlySpan<float> Weight => _weight.AsSpan(0, Length);

    /// <summary>Input positions per output position, in float32 as TensorFlow's CalculateResizeScale.</summary>
    public static float ScaleOf(int inputSize, int outputSize, CoordinateMode mode) =>
        mode == CoordinateMode.AlignCorners && outputSize > 1
            ? (inputSize - 1) / (float)(outputSize - 1)
            : inputSize / (float)outputSize;

    /// <summary>Gives the tables back to the pool.</summary>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_lower);
        ArrayPool<int>.Shared.Return(_upper);
        ArrayPool<float>.Shared.Return(_weight);
    }
}
