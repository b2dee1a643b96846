using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>How the weights of a product go over into ONNX's order: source index (a·B + b)·C + c becomes a·TargetA + b·TargetB + c·TargetC.</summary>
/// <param name="A">Outer extent.</param>
/// <param name="B">Middle extent.</param>
/// <param name="C">Inner extent.</param>
/// <param name="TargetA">Stride of the outer index in the result.</param>
/// <param name="TargetB">Stride of the middle index in the result.</param>
/// <param name="TargetC">Stride of the inner index in the result.</param>
/// <param name="ChannelB">Contribution of the middle index to the output channel.</param>
/// <param name="ChannelC">Contribution of the inner index to the output channel.</param>
/// <param name="Extents">Extents of the result.</param>
/// <param name="ChannelExtents">Extents of a tensor with a number for each output channel that is broadcast over the result.</param>
internal sealed record FilterOrder(
    int A, int B, int C, int TargetA, int TargetB, int TargetC, int ChannelB, int ChannelC, IReadOnlyList<long> Extents, IReadOnlyList<long> ChannelExtents)
{
    /// <summary>[rows, columns, inputs, outputs] to [outputs, inputs, rows, columns].</summary>
    public static FilterOrder Convolution(TensorShape filter)
    {
        var (pixels, inputs, outputs) = (filter[0] * filter[1], filter[2], filter[3]);
        return new FilterOrder(pixels, inputs, outputs, 1, pixels, inputs * pixels, 0, 1, [outputs, inputs, filter[0], filter[1]], [outputs, 1, 1, 1]);
    }

    /// <summary>[rows, columns, channels, multiplier] to [channels × multiplier, 1, rows, columns].</summary>
    public static FilterOrder Depthwise(TensorShape filter)
    {
        var (pixels, channels, multiplier) = (filter[0] * filter[1], filter[2], filter[3]);
        return new FilterOrder(
            pixels, channels, multiplier, 1, multiplier * pixels, pixels, multiplier, 1, [channels * multiplier, 1, filter[0], filter[1]], [channels * multiplier, 1, 1, 1]);
    }

    /// <summary>A matrix as it is, with the output channels in its columns or, transposed, its rows.</summary>
    public static FilterOrder Matrix(TensorShape matrix, bool transposed) => new(
        1, matrix[0], matrix[1], 0, matrix[1], 1, transposed ? 1 : 0, transposed ? 0 : 1, [matrix[0], matrix[1]], transposed ? [matrix[0], 1] : [1, matrix[1]]);
}
