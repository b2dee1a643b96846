using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Graphs.Onnx;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>How nodes that slide no window become layers.</summary>
internal static class LayerConversions
{
    private static readonly Dictionary<string, Action<LayersTranslation, FlowNode>> s_conversions = new(StringComparer.Ordinal)
    {
        ["Conv2D"] = WindowLayers.Convolve,
        ["DepthwiseConv2dNative"] = WindowLayers.Convolve,
        ["MaxPool"] = (model, node) => WindowLayers.Pool(model, node, "MaxPooling2D"),
        ["AvgPool"] = (model, node) => WindowLayers.Pool(model, node, "AveragePooling2D"),
        ["Pad"] = WindowLayers.Pad,
        ["PadV2"] = WindowLayers.Pad,
        ["MatMul"] = Multiply,
        ["Add"] = Add,
        ["AddV2"] = Add,
        ["AddN"] = (model, node) => Merge(model, node, "Add"),
        ["Sub"] = Scale,
        ["Mul"] = Scale,
        ["RealDiv"] = Scale,
        ["BiasAdd"] = Scale,
        ["Maximum"] = (model, node) => Merge(model, node, "Maximum"),
        ["Minimum"] = (model, node) => Merge(model, node, "Minimum"),
        ["Relu"] = (model, node) => Activate(model, node, "relu"),
        ["Relu6"] = (model, node) => Activate(model, node, "relu6"),
        ["Elu"] = (model, node) => Activate(model, node, "elu"),
        ["Selu"] = (model, node) => Activate(model, node, "selu"),
        ["Sigmoid"] = (model, node) => Activate(model, node, "sigmoid"),
        ["Tanh"] = (model, node) => Activate(model, node, "tanh"),
        ["Softplus"] = (model, node) => Activate(model, node, "softplus"),
        ["Softsign"] = (model, node) => Activate(model, node, "softsign"),
        ["Softmax"] = (model, node) => Activate(model, node, "softmax"),
        ["LogSoftmax"] = (model, node) => Activate(model, node, "logSoftmax"),
        ["LeakyRelu"] = (model, node) => model.Result(node, "LeakyReLU", new JsonObject { ["alpha"] = node.Attribute("alpha").Float }, model.Input(node)),
        ["CheckNumerics"] = (model, node) => model.Forward(node),
        ["Concat"] = (model, node) => Concatenate(model, node, 1, node.Inputs.Count, 0),
        ["ConcatV2"] = (model, node) => Concatenate(model, node, 0, node.Inputs.Count - 1, node.Inputs.Count - 1),
        ["Mean"] = (model, node) => PoolGlobally(model, node, "GlobalAveragePooling2D"),
        ["Max"] = (model, node) => PoolGlobally(model, node, "GlobalMaxPooling2D"),
        ["Reshape"] = Reshape,
        ["Squeeze"] = Reshape,
        ["ExpandDims"] = Reshape,
    };

    /// <summary>Finds what to do with a node.</summary>
    public static bool TryGet(FlowNode node, [NotNullWhen(true)] out Action<LayersTranslation, FlowNode>? convert)
    {
        if (node.Fused is { Kind: FusedKind.Affine } affine)
        {
            convert = (model, norm) => model.ScaleChannels(norm, model.Input(norm), affine.Scale, affine.Shift);
            return true;
        }

        return s_conversions.TryGetValue(node.Op, out convert);
    }

    /// <summary>Whether the other inputs of a node only say how.</summary>
    public static bool ReadsFirstAlone(FlowNode node) => node.Op is "Reshape" or "Squeeze" or "ExpandDims" or "Mean" or "Max";

    private static void Activate(LayersTranslation model, FlowNode node, string activation) =>
        model.Result(node, "Activation", new JsonObject { ["activation"] = activation }, model.Input(node));

    private static void Multiply(LayersTranslation model, FlowNode node)
    {
        if (node.Fused is not { Kind: FusedKind.Matrix } fused)
        {
            throw LayersTranslation.Fail(node, "its second matrix is not constant");
        }

        var keepsBytes = model.KeepsBytes(node);
        var scaled = keepsBytes && Array.Exists(fused.Scale, scale => scale != 1);
        var hasBias = !scaled && Array.Exists(fused.Shift, shift => shift != 0);
        var config = new JsonObject { ["units"] = fused.Scale.Length, ["activation"] = "linear", ["use_bias"] = hasBias, ["kernel_initializer"] = WindowLayers.Zeros() };
        if (scaled)
        {
            var product = model.Before(node, "product", "Dense", config, model.Input(node));
            model.AddWeights(node, product, "kernel", hasBias: false);
            model.ScaleChannels(node, product, fused.Scale, fused.Shift);
            return;
        }

        model.AddWeights(node, model.Result(node, "Dense", config, model.Input(node)), "kernel", hasBias);
    }

    private static void Merge(LayersTranslation model, FlowNode node, string kind)
    {
        var shapes = node.Inputs.Select(model.ShapeOf).ToList();
        if (shapes.Exists(shape => shape.Rank < 0 || !shape.Extents!.SequenceEqual(shapes[0].Extents ?? [])))
        {
            throw LayersTranslation.Fail(node, $"its inputs have shapes {string.Join(" and ", shapes)}; layers join equal ones");
        }

        model.Result(node, kind, [], [.. Enumerable.Range(0, node.Inputs.Count).Select(input => model.Input(node, input))]);
    }

    private static void Add(LayersTranslation model, FlowNode node)
    {
        if (node.Inputs.TrueForAll(input => !input.IsConstant))
        {
            Merge(model, node, "Add");
        }
        else
        {
            Scale(model, node);
        }
    }

    private static void Scale(LayersTranslation model, FlowNode node)
    {
        var constant = node.Inputs.FindIndex(input => input.IsConstant);
        if (constant < 0)
        {
            Merge(model, node, node.Op == "Mul" ? "Multiply" : throw LayersTranslation.Fail(node, "both its inputs are computed"));
            return;
        }

        var value = node.Inputs[1 - constant];
        var shape = model.ShapeOf(value);
        if (shape.Rank < 2 || shape[shape.Rank - 1] is not { IsKnown: true } channels || ChannelAffine.Of(node, value, (int)channels.Value, shape.Rank) is not { } affine)
        {
            throw LayersTranslation.Fail(node, "it is not a scale or shift of channels by constants");
        }

        if (Array.TrueForAll(affine.Scale, scale => scale == affine.Scale[0]) && Array.TrueForAll(affine.Shift, shift => shift == affine.Shift[0]))
        {
            model.Result(node, "Rescaling", new JsonObject { ["scale"] = affine.Scale[0], ["offset"] = affine.Shift[0] }, model.Input(node, 1 - constant));
            return;
        }

        model.ScaleChannels(node, model.Input(node, 1 - constant), affine.Scale, affine.Shift);
    }

    private static void Concatenate(LayersTranslation model, FlowNode node, int first, int last, int axisInput)
    {
        var axis = SymbolicElements.Integers(node.Inputs[axisInput].Constant)?[0] ?? throw LayersTranslation.Fail(node, "its axis is computed");
        if (axis == 0)
        {
            throw LayersTranslation.Fail(node, "it joins images, not their channels");
        }

        if (last - first == 1)
        {
            model.Forward(node);
            return;
        }

        model.Result(node, "Concatenate", new JsonObject { ["axis"] = axis }, [.. Enumerable.Range(first, last - first).Select(input => model.Input(node, input))]);
    }

    private static void PoolGlobally(LayersTranslation model, FlowNode node, string kind)
    {
        var shape = model.ShapeOf(node.Inputs[0]);
        var axes = (SymbolicElements.Integers(node.Inputs[1].Constant) ?? throw LayersTranslation.Fail(node, "its axes are computed")).Select(axis => axis < 0 ? axis + shape.Rank : axis).Order().ToArray();
        if (shape.Rank != 4 || axes is not [1, 2])
        {
            throw LayersTranslation.Fail(node, $"it is over the axes {string.Join(", ", axes)} of {shape}; layers pool rows and columns of images");
        }

        var config = new JsonObject { ["data_format"] = "channels_last" };
        if (!node.Attribute("keep_dims").Bool)
        {
            model.Result(node, kind, config, model.Input(node));
            return;
        }

        var pooled = model.Before(node, "pool", kind, config, model.Input(node));
        model.Result(node, "Reshape", new JsonObject { ["target_shape"] = new JsonArray(1, 1, shape[3].Value) }, pooled);
    }

    private static void Reshape(LayersTranslation model, FlowNode node)
    {
        var (before, after) = (model.ShapeOf(node.Inputs[0]), model.ShapeOf(new FlowTensor(node, 0)));
        if (before.Rank < 1 || after.Rank < 1 || before[0] != after[0] || before[0] == SymbolicExtent.Unknown || after.Extents!.Skip(1).Any(extent => !extent.IsKnown))
        {
            throw LayersTranslation.Fail(node, $"it makes {after} of {before}; layers keep images apart and know all other extents");
        }

        model.Result(node, "Reshape", new JsonObject { ["target_shape"] = new JsonArray([.. after.Extents!.Skip(1).Select(extent => (JsonNode)extent.Value)]) }, model.Input(node));
    }
}
