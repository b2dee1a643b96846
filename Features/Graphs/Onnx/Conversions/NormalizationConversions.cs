namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Batch normalisations that nothing before them took up, local response normalisation, softmax.</summary>
internal static class NormalizationConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["FusedBatchNorm"] = NormalizeFused,
        ["FusedBatchNormV2"] = NormalizeFused,
        ["FusedBatchNormV3"] = NormalizeFused,
        ["BatchNormWithGlobalNormalization"] = NormalizeGlobally,
        ["LRN"] = NormalizeLocally,
        ["Softmax"] = context => Softmax(context, "Softmax"),
        ["LogSoftmax"] = context => Softmax(context, "LogSoftmax"),
    };

    private static void NormalizeFused(OnnxNodeContext context)
    {
        if (context.Node.Fused is not null)
        {
            ScaleChannels(context);
            return;
        }

        if (context.Bool("is_training"))
        {
            throw context.Fail("is_training is true: it normalises with the batch's own statistics, which a frozen network does not");
        }

        var images = ImageOperand.Of(context);
        images.Set(
            context, images.Shape[1], images.Shape[2], images.Shape[3], "BatchNormalization", [images.Name, context.Plain(1), context.Plain(2), context.Plain(3), context.Plain(4)],
            OnnxAttribute.Float("epsilon", context.Float("epsilon")));
    }

    private static void NormalizeGlobally(OnnxNodeContext context)
    {
        if (context.Node.Fused is null)
        {
            throw context.Fail("its parameters are computed while the graph runs");
        }

        ScaleChannels(context);
    }

    /// <summary>A normalisation whose constants were worked out: x · scale + shift. As a node of its own name it is recognised, and fused, by runtimes.</summary>
    private static void ScaleChannels(OnnxNodeContext context)
    {
        var images = ImageOperand.Of(context);
        var fused = context.Node.Fused!;
        var channels = fused.Scale.Length;
        string Vector(string what, float[] values) => context.Builder.Floats($"{context.Node.Name}/{what}", [channels], values);
        var ones = new float[channels];
        Array.Fill(ones, 1);
        images.Set(
            context, channels, images.Shape[2], images.Shape[3], "BatchNormalization",
            [
                images.Name,
                Vector("scale", Array.ConvertAll(fused.Scale, value => (float)value)),
                Vector("shift", Array.ConvertAll(fused.Shift, value => (float)value)),
                Vector("mean", new float[channels]),
                Vector("variance", ones),
            ],
            OnnxAttribute.Float("epsilon", 0));
    }

    private static void NormalizeLocally(OnnxNodeContext context)
    {
        var images = ImageOperand.Of(context);

        // TensorFlow sums over 2 · radius + 1 channels; ONNX divides its alpha by their number.
        var size = (2 * context.Int("depth_radius")) + 1;
        images.Set(
            context, images.Shape[1], images.Shape[2], images.Shape[3], "LRN", [images.Name], OnnxAttribute.Float("alpha", context.Float("alpha") * size), OnnxAttribute.Float("beta", context.Float("beta")),
            OnnxAttribute.Float("bias", context.Float("bias")), OnnxAttribute.Int("size", size));
    }

    private static void Softmax(OnnxNodeContext context, string op)
    {
        var input = context.Input(0);
        context.Set(input.IsPlanar, input.Shape, op, [context.Natural(0)], OnnxAttribute.Int("axis", input.IsPlanar ? 1 : -1));
    }
}
