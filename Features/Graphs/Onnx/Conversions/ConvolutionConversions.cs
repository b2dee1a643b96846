using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Convolutions: with constant weights, into which scales and shifts were folded, and with weights that are computed.</summary>
internal static class ConvolutionConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Conv2D"] = context => Convolve(context, depthwise: false),
        ["DepthwiseConv2dNative"] = context => Convolve(context, depthwise: true),
        ["Conv2DBackpropInput"] = ConvolveTransposed,
    };

    private static void Convolve(OnnxNodeContext context, bool depthwise)
    {
        var images = ImageOperand.Of(context);
        var fused = context.Node.Fused;
        var filter = fused is not null ? fused.WeightShape : KnownFilter(context, 1);
        var placement = WindowPlacement.Of(context, images, [filter[0], filter[1]], context.Ints("strides"), context.Ints("dilations"), fused?.ExtraPadding);
        var channels = images.Shape[1];
        if (channels.IsKnown && (depthwise ? channels.Value != filter[2] : channels.Value % filter[2] != 0))
        {
            throw context.Fail($"its images have {channels} channels; the filter {filter} takes {filter[2]}");
        }

        var groups = depthwise ? filter[2] : channels.IsKnown ? channels.Value / filter[2] : 1;
        var outputs = depthwise ? filter[2] * filter[3] : filter[3];
        var inputs = new List<string> { images.Name };
        if (fused is not null)
        {
            inputs.Add(WeightWriter.Write(context, fused, depthwise ? FilterOrder.Depthwise(filter) : FilterOrder.Convolution(filter)));
            if (WeightWriter.WriteShift(context, fused) is { } bias)
            {
                inputs.Add(bias);
            }
        }
        else
        {
            inputs.Add(ComputedFilter(context, filter, depthwise));
        }

        images.Set(context, outputs, placement.Rows, placement.Columns, "Conv", inputs, [.. placement.Attributes, OnnxAttribute.Int("group", groups)]);
    }

    private static string ComputedFilter(OnnxNodeContext context, TensorShape filter, bool depthwise)
    {
        var turned = context.Emit("Transpose", [context.Plain(1)], OnnxAttribute.Ints("perm", depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]));
        return depthwise ? context.Emit("Reshape", [turned, context.Builder.Ints(filter[2] * filter[3], 1, filter[0], filter[1])]) : turned;
    }

    private static void ConvolveTransposed(OnnxNodeContext context)
    {
        var images = ImageOperand.Of(context, 2);
        var filter = KnownFilter(context, 1);
        var (rows, columns) = images.Spatial;
        var sizes = context.Input(0).Elements;
        if (sizes is not { Count: 4 or 2 })
        {
            throw context.Fail("the size of its result is computed while the graph runs");
        }

        SymbolicExtent[] wanted = sizes.Count == 2 ? [sizes[0], sizes[1]] : [sizes[rows], sizes[columns]];
        SymbolicExtent[] given = [images.Shape[2], images.Shape[3]];
        var (mode, strides, dilations) = (context.Text("padding"), context.Ints("strides"), context.Ints("dilations"));
        long[] step = [strides[rows], strides[columns]];
        long[] spread = dilations is { Length: 4 } ? [dilations[rows], dilations[columns]] : [1, 1];
        var stated = mode == "EXPLICIT" ? context.Ints("explicit_paddings") : new long[8];
        var (pads, beyond) = (new long[4], new long[2]);
        for (var i = 0; i < 2; i++)
        {
            if (!wanted[i].IsKnown || !given[i].IsKnown)
            {
                throw context.Fail("the rows and columns of its result are computed while the graph runs");
            }

            var dimension = i == 0 ? rows : columns;
            var whole = (step[i] * (given[i].Value - 1)) + ((filter[i] - 1) * spread[i]) + 1;
            var total = mode == "SAME" ? Math.Max(0, whole - wanted[i].Value) : stated[2 * dimension] + stated[(2 * dimension) + 1];
            pads[i] = mode == "SAME" ? total / 2 : stated[2 * dimension];
            pads[i + 2] = total - pads[i];
            beyond[i] = wanted[i].Value - (whole - total);
            if (beyond[i] < 0 || beyond[i] >= Math.Max(step[i], spread[i]))
            {
                throw context.Fail($"an extent of {wanted[i]} does not come from {given[i]} by a filter of {filter[i]} and stride {step[i]}");
            }
        }

        if (images.Shape[1] is { IsKnown: true } channels && channels.Value != filter[3])
        {
            throw context.Fail($"its images have {channels} channels, the filter {filter} gives {filter[3]}; groups are not written");
        }

        var weights = context.Emit("Transpose", [context.Plain(1)], OnnxAttribute.Ints("perm", [3, 2, 0, 1]));
        images.Set(
            context, filter[2], wanted[0], wanted[1], "ConvTranspose", [images.Name, weights], OnnxAttribute.Ints("kernel_shape", [filter[0], filter[1]]), OnnxAttribute.Ints("strides", step),
            OnnxAttribute.Ints("dilations", spread), OnnxAttribute.Ints("pads", pads), OnnxAttribute.Ints("output_padding", beyond));
    }

    private static TensorShape KnownFilter(OnnxNodeContext context, int input) => context.Input(input).Shape is { Rank: 4, Count: > 0 } shape
        ? new TensorShape([.. shape.Extents!.Select(extent => checked((int)extent.Value))])
        : throw context.Fail($"its filter has shape {context.Input(input).Shape}, which must be known");
}
