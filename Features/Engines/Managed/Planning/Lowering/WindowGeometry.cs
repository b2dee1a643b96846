using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Works out output extents and padding of windowed operations.</summary>
/// <remarks>Source: TensorFlow, "Neural network: convolution" (padding SAME, VALID, EXPLICIT).</remarks>
internal static class WindowGeometry
{
    /// <summary>Makes the geometry of a node that slides a window over NHWC maps.</summary>
    /// <param name="node">The node, with attributes strides, padding and perhaps dilations and explicit_paddings.</param>
    /// <param name="input">Shape of the maps, of rank 4.</param>
    /// <param name="kernelHeight">Window rows.</param>
    /// <param name="kernelWidth">Window columns.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="extra">Zero padding before the operation's own: top, bottom, left, right; or null.</param>
    /// <exception cref="OperationException">The window does not fit.</exception>
    public static ConvolutionShape Of(FlowNode node, TensorShape input, int kernelHeight, int kernelWidth, int outChannels, int[]? extra)
    {
        var strides = Ints(node, "strides");
        var dilations = node.Source.Attributes.ContainsKey("dilations") && Ints(node, "dilations") is { Length: 4 } stated ? stated : [1, 1, 1, 1];
        var mode = node.Attribute("padding").Text;
        var explicitPads = mode == "EXPLICIT" ? Ints(node, "explicit_paddings") : new int[8];
        var (outHeight, top) = Along(node, "height", input[1], kernelHeight, strides[1], dilations[1], mode, explicitPads[2] + (extra?[0] ?? 0), explicitPads[3] + (extra?[1] ?? 0));
        var (outWidth, left) = Along(node, "width", input[2], kernelWidth, strides[2], dilations[2], mode, explicitPads[4] + (extra?[2] ?? 0), explicitPads[5] + (extra?[3] ?? 0));
        return new ConvolutionShape(
            input[0], input[1], input[2], input[3], outHeight, outWidth, outChannels, kernelHeight, kernelWidth, strides[1], strides[2], dilations[1], dilations[2], top, left);
    }

    private static (int Extent, int Before) Along(FlowNode node, string what, int extent, int kernel, int stride, int dilation, string mode, int before, int after)
    {
        if (kernel > WindowDimension.Limit || stride > WindowDimension.Limit || dilation > WindowDimension.Limit)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): window {kernel}, stride {stride} and dilation {dilation} along the {what}: at most {WindowDimension.Limit} is expected");
        }

        var window = ((long)(kernel - 1) * dilation) + 1;
        if (window > WindowDimension.MostSpan)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): a window of {kernel} cells at distances of {dilation} spans {window} along the {what}; at most {WindowDimension.MostSpan} is expected");
        }

        if (mode == "SAME")
        {
            var output = (int)(((long)extent + stride - 1) / stride);
            return (output, (int)(Math.Max(0, ((long)(output - 1) * stride) + window - extent) / 2));
        }

        // As TensorFlow divides: a window that sticks out by less than a stride has no place, which is no error.
        var places = ((long)extent + before + after - window + stride) / stride;
        if (places < 0)
        {
            throw new OperationException(
                $"node '{node.Name}' ({node.Op}): a window of {what} {window} does not fit into a map of {what} {extent} with padding {before} + {after}");
        }

        return ((int)places, before);
    }

    private static int[] Ints(FlowNode node, string name) => [.. node.Attribute(name).List.Select(element => checked((int)element.Int))];
}
