using System.Numerics;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>TensorFlow's operations that bring batches of images to another size.</summary>
internal static class ResizeOperations
{
    private const string Types = "T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}";
    private const string AlignCorners = "align_corners: bool = false";
    private const string HalfPixelCenters = "half_pixel_centers: bool = false";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "ResizeBilinear(images: T, size: int32) -> (resized_images: float)", [Types, AlignCorners, HalfPixelCenters], ResizeBilinear),
        OperationDefinition.Define(
            "ResizeNearestNeighbor(images: T, size: int32) -> (resized_images: T)", [Types, AlignCorners, HalfPixelCenters], ResizeNearestNeighbor),
        OperationDefinition.Define(
            "ResizeBicubic(images: T, size: int32) -> (resized_images: float)", [Types, AlignCorners, HalfPixelCenters], ResizeBicubic),
        OperationDefinition.Define("ResizeArea(images: T, size: int32) -> (resized_images: float)", [Types, AlignCorners], ResizeArea),
        OperationDefinition.Define(
            "ScaleAndTranslate(images: T, size: int32, scale: float, translation: float) -> (resized_images: float)",
            [Types, "kernel_type: string = 'lanczos3'", "antialias: bool = true"],
            ScaleAndTranslate),
    ];

    /// <summary>Bilinear resizing of any batch of images; the result is float.</summary>
    public static Tensor Bilinear(OperationContext context, Tensor images, int height, int width, CoordinateMode mode)
    {
        var shape = images.Shape;
        var result = Tensor.Zeros(DataType.Float32, context.Shape(shape[0], height, width, shape[3]));

        // TensorFlow turns each element to float before it mixes them, whatever its type.
        var values = WideElements.Read<float>(images);
        var (input, output) = (shape[1] * shape[2] * shape[3], height * width * shape[3]);
        for (var image = 0; image < shape[0]; image++)
        {
            TensorFlowBilinear.Resize<float>(
                values.AsSpan(image * input, input), shape[1], shape[2], shape[3], result.AsSpan<float>().Slice(image * output, output), height, width, mode);
        }

        return result;
    }

    private static Tensor[] ResizeBilinear(OperationContext context)
    {
        var mode = Mode(context);
        var (height, width) = Size(context);
        return [Bilinear(context, context.Inputs[0], height, width, mode)];
    }

    private static Tensor[] ResizeNearestNeighbor(OperationContext context)
    {
        var mode = Mode(context);
        var (height, width) = Size(context);
        return
        [
            context.Inputs[0].Type switch
            {
                DataType.Float32 => Nearest<float>(context, height, width, mode),
                DataType.Float64 => Nearest<double>(context, height, width, mode),
                DataType.Half => Nearest<Half>(context, height, width, mode),
                DataType.UInt8 => Nearest<byte>(context, height, width, mode),
                DataType.Int8 => Nearest<sbyte>(context, height, width, mode),
                DataType.Int16 => Nearest<short>(context, height, width, mode),
                DataType.UInt16 or DataType.BFloat16 => Nearest<ushort>(context, height, width, mode),
                DataType.Int32 => Nearest<int>(context, height, width, mode),
                DataType.Int64 => Nearest<long>(context, height, width, mode),
                var type => throw context.Fail($"images of type {Tensor.NameOf(type)} can not be resized"),
            },
        ];
    }

    private static Tensor Nearest<T>(OperationContext context, int height, int width, CoordinateMode mode)
        where T : unmanaged, INumber<T>
    {
        var images = context.Inputs[0];
        var shape = images.Shape;
        var result = Tensor.Zeros(images.Type, context.Shape(shape[0], height, width, shape[3]));
        var (input, output) = (shape[1] * shape[2] * shape[3], height * width * shape[3]);
        for (var image = 0; image < shape[0]; image++)
        {
            TensorFlowNearest.Resize<T>(
                images.AsSpan<T>().Slice(image * input, input), shape[1], shape[2], shape[3], result.AsSpan<T>().Slice(image * output, output), height, width, mode);
        }

        return result;
    }

    private static Tensor[] ResizeBicubic(OperationContext context)
    {
        var mode = Mode(context);
        var (height, width) = Size(context);
        var shape = context.Inputs[0].Shape;
        AxisWeights Axis(int input, int output) =>
            AxisWeights.Cubic(input, output, mode == CoordinateMode.AlignCorners, mode == CoordinateMode.HalfPixel);

        return [SeparableResampling.Apply(context, context.Inputs[0], Axis(shape[1], height), Axis(shape[2], width))];
    }

    private static Tensor[] ResizeArea(OperationContext context)
    {
        var alignCorners = context.Bool("align_corners");
        var (height, width) = Size(context);
        var shape = context.Inputs[0].Shape;
        return
        [
            SeparableResampling.Apply(
                context, context.Inputs[0], AxisWeights.Area(shape[1], height, alignCorners), AxisWeights.Area(shape[2], width, alignCorners)),
        ];
    }

    private static Tensor[] ScaleAndTranslate(OperationContext context)
    {
        var kernel = SamplingKernel.Named(context, context.Text("kernel_type"));
        var antialias = context.Bool("antialias");
        var (height, width) = Size(context);
        var (scale, translation) = (Pair(context, 2), Pair(context, 3));
        if (!(scale.Rows > 0) || !(scale.Columns > 0))
        {
            throw context.Fail($"scale is {scale.Rows}, {scale.Columns}; more than 0 is expected");
        }

        var shape = context.Inputs[0].Shape;
        return
        [
            SeparableResampling.Apply(
                context,
                context.Inputs[0],
                AxisWeights.Sampled(shape[1], height, scale.Rows, translation.Rows, kernel, antialias),
                AxisWeights.Sampled(shape[2], width, scale.Columns, translation.Columns, kernel, antialias)),
        ];
    }

    private static CoordinateMode Mode(OperationContext context) => (context.Bool("align_corners"), context.Bool("half_pixel_centers")) switch
    {
        (true, true) => throw context.Fail("align_corners and half_pixel_centers are both true; at most one is expected"),
        (true, false) => CoordinateMode.AlignCorners,
        (false, true) => CoordinateMode.HalfPixel,
        _ => CoordinateMode.Legacy,
    };

    /// <summary>Checks the images (input 0) and reads the size asked for (input 1).</summary>
    public static (int Height, int Width) Size(OperationContext context)
    {
        var shape = context.Inputs[0].Shape;
        if (shape.Rank != 4 || shape[1] == 0 || shape[2] == 0 || shape[3] == 0)
        {
            throw context.Fail($"the images have shape {shape}; [batch, height, width, channels], none but the batch 0, is expected");
        }

        var size = context.Inputs[1];
        if (size.Shape.Rank != 1 || size.Count != 2)
        {
            throw context.Fail($"size has shape {size.Shape}; [2], height and width, is expected");
        }

        var (height, width) = (size.AsSpan<int>()[0], size.AsSpan<int>()[1]);
        if (height <= 0 || width <= 0)
        {
            throw context.Fail($"the size asked for is {height} x {width}; both must be positive");
        }

        context.Shape(shape[0], height, width, shape[3]);
        return (height, width);
    }

    private static (float Rows, float Columns) Pair(OperationContext context, int input)
    {
        var tensor = context.Inputs[input];
        return tensor.Shape.Rank == 1 && tensor.Count == 2
            ? (tensor.AsSpan<float>()[0], tensor.AsSpan<float>()[1])
            : throw context.Fail($"input {input} has shape {tensor.Shape}; [2], for rows and columns, is expected");
    }
}
