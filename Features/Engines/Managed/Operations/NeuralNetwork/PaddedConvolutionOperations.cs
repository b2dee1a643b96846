using MlTransfer.Features.Engines.Managed.Operations.Arrays;
using MlTransfer.Features.Engines.Managed.Operations.Images;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>Convolutions that mirror the edges of their images, and may resize them, first; TensorFlow's graph transform tool makes them.</summary>
internal static class PaddedConvolutionOperations
{
    private const string Types = "T: {half, float, double}";
    private const string Mode = "mode: {'REFLECT', 'SYMMETRIC'}";
    private const string Padding = "padding: {'SAME', 'VALID'}";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "FusedPadConv2D(input: T, paddings: int32, filter: T) -> (output: T)",
            [Types, Mode, "strides: list(int)", Padding],
            context => [PadAndConvolve(context, context.Inputs[0], context.Inputs[1], context.Inputs[2])]),
        OperationDefinition.Define(
            "FusedResizeAndPadConv2D(input: T, size: int32, paddings: int32, filter: T) -> (output: T)",
            [Types, "resize_align_corners: bool = false", Mode, "strides: list(int)", Padding],
            context => [ResizeAndConvolve(context)]),
    ];

    private static Tensor ResizeAndConvolve(OperationContext context)
    {
        var images = context.Inputs[0];
        var mode = context.Bool("resize_align_corners") ? CoordinateMode.AlignCorners : CoordinateMode.Legacy;
        var (height, width) = ResizeOperations.Size(context);
        var resized = ResizeOperations.Bilinear(context, images, height, width, mode);
        var typed = WideElements.Write(images.Type, resized.Shape, WideElements.Read<double>(resized));
        return PadAndConvolve(context, typed, context.Inputs[2], context.Inputs[3]);
    }

    private static Tensor PadAndConvolve(OperationContext context, Tensor images, Tensor paddings, Tensor filter)
    {
        var padded = SliceOperations.MirrorPad(context.WithInputs([images, paddings]))[0];
        return padded.Shape.Rank == 4
            ? ConvolutionOperations.Convolve<double>(context, padded, filter, ConvolutionOperations.Unchanged)
            : throw context.Fail($"the images have shape {images.Shape}; 4 dimensions are expected");
    }
}
