using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Passes;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>How nodes that slide a window over images become layers.</summary>
internal static class WindowLayers
{
    /// <summary>An initialiser that costs nothing: the weights are read anyway.</summary>
    public static JsonObject Zeros() => new() { ["class_name"] = "Zeros", ["config"] = new JsonObject() };

    /// <summary>A convolution with constant weights, depthwise or not.</summary>
    public static void Convolve(LayersTranslation model, FlowNode node)
    {
        if (node.Fused is not { Kind: FusedKind.Convolution or FusedKind.Depthwise } fused)
        {
            throw LayersTranslation.Fail(node, node.IsNhwc ? "its filter is not constant" : "its images are NCHW");
        }

        var depthwise = fused.Kind == FusedKind.Depthwise;
        var channels = model.ShapeOf(node.Inputs[0]) is { Rank: 4 } shape && shape[3].IsKnown ? shape[3].Value : -1;
        if (channels != fused.WeightShape[2])
        {
            throw LayersTranslation.Fail(node, $"its images have {channels} channels and its filter is {fused.WeightShape}; channels must be known, and groups are not");
        }

        var (strides, dilations) = (Spatial(node, "strides"), Spatial(node, "dilations"));
        if (strides is not [1, 1] && dilations is not [1, 1])
        {
            throw LayersTranslation.Fail(node, $"it has strides {strides[0]} × {strides[1]} and dilations {dilations[0]} × {dilations[1]}; layers have one or the other");
        }

        var scaled = model.KeepsBytes(node) && Array.Exists(fused.Scale, scale => scale != 1);
        var hasBias = !scaled && Array.Exists(fused.Shift, shift => shift != 0);
        var (input, padding) = Padded(model, node, fused.ExtraPadding);
        var config = new JsonObject
        {
            ["kernel_size"] = new JsonArray(fused.WeightShape[0], fused.WeightShape[1]),
            ["strides"] = new JsonArray(strides[0], strides[1]),
            ["padding"] = padding,
            ["data_format"] = "channels_last",
            ["dilation_rate"] = new JsonArray(dilations[0], dilations[1]),
            ["activation"] = "linear",
            ["use_bias"] = hasBias,
            [depthwise ? "depthwise_initializer" : "kernel_initializer"] = Zeros(),
        };
        config.Add(depthwise ? "depth_multiplier" : "filters", fused.WeightShape[3]);
        var (kind, kernel) = depthwise ? ("DepthwiseConv2D", "depthwise_kernel") : ("Conv2D", "kernel");
        if (scaled)
        {
            var product = model.Before(node, "product", kind, config, input);
            model.AddWeights(node, product, kernel, hasBias: false);
            model.ScaleChannels(node, product, fused.Scale, fused.Shift);
            return;
        }

        model.AddWeights(node, model.Result(node, kind, config, input), kernel, hasBias);
    }

    /// <summary>A pooling of rows and columns.</summary>
    public static void Pool(LayersTranslation model, FlowNode node, string kind)
    {
        var (window, strides) = (Ints(node, "ksize"), Ints(node, "strides"));
        if (!node.IsNhwc || window is not [1, _, _, 1] || strides is not [1, _, _, 1] || node.Attribute("padding").Text == "EXPLICIT")
        {
            throw LayersTranslation.Fail(node, "layers pool rows and columns of NHWC images, with padding SAME or VALID");
        }

        model.Result(
            node,
            kind,
            new JsonObject
            {
                ["pool_size"] = new JsonArray(window[1], window[2]),
                ["strides"] = new JsonArray(strides[1], strides[2]),
                ["padding"] = node.Attribute("padding").Text == "SAME" ? "same" : "valid",
                ["data_format"] = "channels_last",
            },
            model.Input(node));
    }

    /// <summary>A padding of rows and columns by zeros that no convolution took up.</summary>
    public static void Pad(LayersTranslation model, FlowNode node)
    {
        var padding = PaddingFolding.Read(node) ?? throw LayersTranslation.Fail(node, "layers pad rows and columns of images, by zeros");
        model.Result(node, "ZeroPadding2D", Padding(padding[0], padding[1], padding[2], padding[3]), model.Input(node));
    }

    private static (string Input, string Padding) Padded(LayersTranslation model, FlowNode node, int[]? extra)
    {
        var mode = node.Attribute("padding").Text;
        var stated = mode == "EXPLICIT" ? Ints(node, "explicit_paddings") : new long[8];
        var input = model.Input(node);
        var (top, bottom, left, right) = (stated[2] + (extra?[0] ?? 0), stated[3] + (extra?[1] ?? 0), stated[4] + (extra?[2] ?? 0), stated[5] + (extra?[3] ?? 0));
        if ((top | bottom | left | right) != 0)
        {
            input = model.Before(node, "pad", "ZeroPadding2D", Padding(top, bottom, left, right), input);
        }

        return (input, mode == "SAME" ? "same" : "valid");
    }

    private static JsonObject Padding(long top, long bottom, long left, long right) => new()
    {
        ["padding"] = new JsonArray(new JsonArray(top, bottom), new JsonArray(left, right)),
        ["data_format"] = "channels_last",
    };

    private static long[] Spatial(FlowNode node, string name) => Ints(node, name) is { Length: 4 } all ? [all[1], all[2]] : [1, 1];

    private static long[] Ints(FlowNode node, string name) => [.. node.Attribute(name).List.Select(element => element.Int)];
}
