namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Paddings that no convolution took up.</summary>
internal static class PaddingConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Pad"] = context => Pad(context, "constant", null),
        ["PadV2"] = context => Pad(context, "constant", context.Plain(2)),
        ["MirrorPad"] = context => Pad(context, context.Text("mode") == "REFLECT" ? "reflect" : throw context.Fail($"its mode is {context.Text("mode")}; ONNX mirrors without repeating the border (REFLECT)"), null),
    };

    private static void Pad(OnnxNodeContext context, string mode, string? value)
    {
        var input = context.Input(0);
        var amounts = context.ConstantInts(1, "the padding");
        var rank = amounts.Length / 2;
        var shape = input.Shape.Rank < 0 ? SymbolicShape.OfRank(rank) : input.Shape;
        for (var i = 0; i < rank; i++)
        {
            var both = amounts[2 * i] + amounts[(2 * i) + 1];
            shape = shape.With(i, both == 0 ? shape[i] : shape[i].IsKnown ? shape[i].Value + both : SymbolicExtent.Unknown);
        }

        var pads = new long[2 * rank];
        for (var i = 0; i < rank; i++)
        {
            var at = input.IsPlanar ? OnnxNodeContext.ToPlanar(i) : i;
            (pads[at], pads[at + rank]) = (amounts[2 * i], amounts[(2 * i) + 1]);
        }

        List<string> inputs = [context.Natural(0), context.Builder.Ints(pads)];
        if (mode == "constant")
        {
            inputs.Add(value ?? context.Scalar(0));
        }

        context.Set(input.IsPlanar, shape, "Pad", inputs, OnnxAttribute.Text("mode", mode));
    }
}
