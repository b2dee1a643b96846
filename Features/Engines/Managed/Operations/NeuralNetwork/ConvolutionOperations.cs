using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;

/// <summary>Convolutions of images.</summary>
/// <remarks>Sums are taken in double (int32: in 64 bits, wrapped) and rounded once.</remarks>
internal static class ConvolutionOperations
{
    private const string Floats = "half, bfloat16, float, double";
    private const string Layouts = "data_format: {'NHWC', 'NCHW'} = 'NHWC'";
    private const string Dilations = "dilations: list(int) = [1, 1, 1, 1]";
    private const string Padding = "padding: {'SAME', 'VALID', 'EXPLICIT'}";
    private const string ExplicitPaddings = "explicit_paddings: list(int) = []";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "Conv2D(input: T, filter: T) -> (output: T)",
            [$"T: {{{Floats}, int32}}", "strides: list(int)", "use_cudnn_on_gpu: bool = true", Padding, ExplicitPaddings, Layouts, Dilations],
            context => [WideElements.IsFloat(context.Type("T")) ? Conv2D<double>(context, Unchanged) : Conv2D<long>(context, Unchanged)]),
        OperationDefinition.Define(
            "DepthwiseConv2dNative(input: T, filter: T) -> (output: T)",
            [$"T: {{{Floats}}}", "strides: list(int)", Padding, ExplicitPaddings, Layouts, Dilations],
            context => [DepthwiseConv2D(context, Unchanged)]),
        OperationDefinition.Define(
            "Conv2DBackpropInput(input_sizes: int32, filter: T, out_backprop: T) -> (output: T)",
            [$"T: {{{Floats}, int32}}", "strides: list(int)", "use_cudnn_on_gpu: bool = true", Padding, ExplicitPaddings, Layouts, Dilations],
            context => [WideElements.IsFloat(context.Type("T")) ? Conv2DBackpropInput<double>(context) : Conv2DBackpropInput<long>(context)]),
        OperationDefinition.Define(
            "_FusedConv2D(input: T, filter: T, args: num_args * T, host_args: num_host_args * float) -> (output: T)",
            [
                $"T: {{{Floats}}}", "num_args: int", "num_host_args: int = 0", "strides: list(int)", "use_cudnn_on_gpu: bool = true", Padding,
                ExplicitPaddings, Layouts, "filter_format: {'HWIO'} = 'HWIO'", Dilations, .. FusedSteps.Attributes,
            ],
            context => [Conv2D<double>(context, (values, channels) => FusedSteps.Apply(context, values, channels))]),
        DefineFusedDepthwise("FusedDepthwiseConv2dNative"),
        DefineFusedDepthwise("_FusedDepthwiseConv2dNative"),
    ];

    /// <summary>Convolution of images already in NHWC with the node's filter (input 1 or as given) and attributes.</summary>
    /// <param name="context">The node: strides, padding and the rest.</param>
    /// <param name="images">Images in NHWC.</param>
    /// <param name="filter">Filter [height, width, input channels / groups, output channels].</param>
    /// <param name="finish">What is done to the sums before they are rounded: values, output channels.</param>
    public static Tensor Convolve<TWide>(OperationContext context, Tensor images, Tensor filter, Action<TWide[], int> finish)
        where TWide : struct, INumber<TWide>
    {
        var shape = images.Shape;
        CheckFilter(context, filter.Shape, shape[3]);
        var windows = ImageWindows.OfConvolution(context, shape[1], shape[2], filter.Shape[0], filter.Shape[1]);
        var result = context.Shape(shape[0], windows.Rows.Output, windows.Columns.Output, filter.Shape[3]);
        var sums = Convolution.Apply<TWide>(WideElements.Read<TWide>(images), shape, WideElements.Read<TWide>(filter), filter.Shape, windows);
        finish(sums, filter.Shape[3]);
        return WideElements.Write(images.Type, result, sums);
    }

    /// <summary>Leaves the sums as they are.</summary>
    public static void Unchanged<TWide>(TWide[] values, int channels)
    {
        // An unfused convolution ends with its sums.
    }

    private static Tensor Conv2D<TWide>(OperationContext context, Action<TWide[], int> finish)
        where TWide : struct, INumber<TWide>
    {
        var layout = ImageLayout.Of(context);
        return layout.FromChannelsLast(Convolve(context, layout.ToChannelsLast(context, context.Inputs[0]), context.Inputs[1], finish));
    }

    private static Tensor DepthwiseConv2D(OperationContext context, Action<double[], int> finish)
    {
        var layout = ImageLayout.Of(context);
        var images = layout.ToChannelsLast(context, context.Inputs[0]);
        var filter = context.Inputs[1];
        var (shape, filterShape) = (images.Shape, filter.Shape);
        if (filterShape.Rank != 4 || filterShape[2] != shape[3] || filterShape.Count == 0)
        {
            throw context.Fail($"the filter has shape {filterShape}; [height, width, {shape[3]}, multiplier] is expected for images of {shape[3]} channels");
        }

        var windows = ImageWindows.OfConvolution(context, shape[1], shape[2], filterShape[0], filterShape[1]);
        if (windows.Rows.Stride != windows.Columns.Stride)
        {
            throw context.Fail($"strides {windows.Rows.Stride} and {windows.Columns.Stride} were found; depthwise convolution needs equal ones");
        }

        var outputs = shape[3] * filterShape[3];
        var result = context.Shape(shape[0], windows.Rows.Output, windows.Columns.Output, outputs);
        var sums = Convolution.ApplyDepthwise(WideElements.Read<double>(images), shape, WideElements.Read<double>(filter), filterShape[3], windows);
        finish(sums, outputs);
        return layout.FromChannelsLast(WideElements.Write(images.Type, result, sums));
    }

    private static Tensor Conv2DBackpropInput<TWide>(OperationContext context)
        where TWide : struct, INumber<TWide>
    {
        var layout = ImageLayout.Of(context);
        var sizes = context.IntValues(0);
        var filter = context.Inputs[1];
        var gradient = layout.ToChannelsLast(context, context.Inputs[2]);
        if (context.Inputs[0].Shape.Rank != 1 || (sizes.Length != 4 && sizes.Length != 2))
        {
            throw context.Fail($"input_sizes has shape {context.Inputs[0].Shape}; a vector of 4 sizes, or of height and width, is expected");
        }

        var shape = sizes.Length == 2
            ? context.Shape(gradient.Shape[0], sizes[0], sizes[1], filter.Shape.Rank == 4 ? filter.Shape[2] : 0)
            : context.Shape(sizes[0], sizes[layout.Rows], sizes[layout.Columns], sizes[layout.Channels]);
        CheckFilter(context, filter.Shape, shape[3]);
        var windows = ImageWindows.OfConvolution(context, shape[1], shape[2], filter.Shape[0], filter.Shape[1]);
        var expected = new TensorShape(shape[0], windows.Rows.Output, windows.Columns.Output, filter.Shape[3]);
        if (gradient.Shape != expected)
        {
            throw context.Fail($"out_backprop has shape {gradient.Shape} (as NHWC); {expected} is expected for input_sizes {shape} and filter {filter.Shape}");
        }

        var result = Convolution.ApplyTransposed<TWide>(
            WideElements.Read<TWide>(gradient), shape, WideElements.Read<TWide>(filter), filter.Shape, windows);
        return layout.FromChannelsLast(WideElements.Write(filter.Type, shape, result));
    }

    private static void CheckFilter(OperationContext context, TensorShape filter, int channels)
    {
        if (filter.Rank != 4 || filter.Count == 0)
        {
            throw context.Fail($"the filter has shape {filter}; [height, width, input channels, output channels], none 0, is expected");
        }

        if (channels == 0 || channels % filter[2] != 0 || filter[3] % (channels / filter[2]) != 0)
        {
            throw context.Fail(
                $"images of {channels} channels do not fit a filter of shape {filter}: "
                + $"{channels} must be a multiple of {filter[2]} and {filter[3]} of the number of groups");
        }
    }

    private static OperationDefinition DefineFusedDepthwise(string name) => OperationDefinition.Define(
        $"{name}(input: T, filter: T, args: num_args * T) -> (output: T)",
        [$"T: {{{Floats}}} = float", "num_args: int", "strides: list(int)", Padding, ExplicitPaddings, Layouts, Dilations, .. FusedSteps.Attributes],
        context => [DepthwiseConv2D(context, (values, channels) => FusedSteps.Apply(context, values, channels))]);
}
