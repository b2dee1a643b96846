using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Sums, means and extremes over dimensions.</summary>
internal static class ReductionConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Mean"] = context => Reduce(context, "ReduceMean"),
        ["Sum"] = context => Reduce(context, "ReduceSum"),
        ["Max"] = context => Reduce(context, "ReduceMax"),
        ["Min"] = context => Reduce(context, "ReduceMin"),
        ["Prod"] = context => Reduce(context, "ReduceProd"),
        ["EuclideanNorm"] = context => Reduce(context, "ReduceL2"),
        ["All"] = context => ReduceTruth(context, "ReduceMin"),
        ["Any"] = context => ReduceTruth(context, "ReduceMax"),
        ["ArgMax"] = context => FindExtreme(context, "ArgMax"),
        ["ArgMin"] = context => FindExtreme(context, "ArgMin"),
        ["Cumsum"] = Accumulate,
    };

    private static void Reduce(OnnxNodeContext context, string op)
    {
        var reduction = Reduction.Of(context);
        if (reduction.Axes.Length == 0)
        {
            context.Forward(0);
            return;
        }

        var input = context.Input(0);
        if (op == "ReduceMean" && input.Shape.Rank >= 0 && Array.Exists(reduction.Axes, axis => input.Shape[(int)axis] is { IsKnown: true, Value: 0 }))
        {
            throw context.Fail($"it is the mean over none of the elements of {input.Shape}, which runtimes do not agree on");
        }

        if (op == "ReduceMean" && input.IsPlanar && input.Type == DataType.Float32 && reduction.Axes is [1, 2])
        {
            // The form that runtimes know best.
            var pooled = SymbolicShape.Of(input.Shape[0], 1, 1, input.Shape[3]);
            if (reduction.Keep)
            {
                context.Set(true, pooled, "GlobalAveragePool", [context.Planar(0)]);
            }
            else
            {
                context.Set(false, reduction.Shape, "Flatten", [context.Emit("GlobalAveragePool", [context.Planar(0)])]);
            }

            return;
        }

        var (name, attributes) = reduction.Operands(context);
        var keep = OnnxAttribute.Int("keepdims", reduction.Keep ? 1 : 0);
        if (op == "ReduceSum")
        {
            context.Set(reduction.ResultIsPlanar, reduction.Shape, op, [name, context.Builder.Ints(attributes)], keep);
        }
        else
        {
            context.Set(reduction.ResultIsPlanar, reduction.Shape, op, [name], OnnxAttribute.Ints("axes", attributes), keep);
        }
    }

    private static void ReduceTruth(OnnxNodeContext context, string op)
    {
        var reduction = Reduction.Of(context);
        var (name, axes) = reduction.Operands(context);
        var numbers = context.Emit("Cast", [name], OnnxAttribute.Int("to", OnnxElementType.Of(DataType.Int32)));
        var reduced = axes.Length == 0 ? numbers : context.Emit(op, [numbers], OnnxAttribute.Ints("axes", axes), OnnxAttribute.Int("keepdims", reduction.Keep ? 1 : 0));
        context.Set(reduction.ResultIsPlanar, reduction.Shape, "Cast", [reduced], OnnxAttribute.Int("to", OnnxElementType.Bool));
    }

    private static void FindExtreme(OnnxNodeContext context, string op)
    {
        var shape = context.Input(0).Shape;
        var axis = context.Axis(context.ConstantInts(1, "the axis")[0], shape.Rank);
        var result = shape.Extents is null ? shape : new SymbolicShape([.. shape.Extents.Where((_, i) => i != axis)]);
        AttributeProto[] attributes = [OnnxAttribute.Int("axis", axis), OnnxAttribute.Int("keepdims", 0)];
        if (context.OutputType == DataType.Int64)
        {
            context.Set(false, result, op, [context.Plain(0)], attributes);
        }
        else
        {
            context.Set(false, result, "Cast", [context.Emit(op, [context.Plain(0)], attributes)], OnnxAttribute.Int("to", OnnxElementType.Of(context.OutputType)));
        }
    }

    private static void Accumulate(OnnxNodeContext context) => context.Set(
        false, context.Input(0).Shape, "CumSum", [context.Plain(0), context.Builder.Scalar(DataType.Int64, context.ConstantInts(1, "the axis")[0])],
        OnnxAttribute.Int("exclusive", context.Bool("exclusive") ? 1 : 0), OnnxAttribute.Int("reverse", context.Bool("reverse") ? 1 : 0));

    /// <summary>Which dimensions go, and in which order the rest stays.</summary>
    /// <param name="Axes">Dimensions that are reduced, of the graph's order, ascending.</param>
    /// <param name="Keep">Whether they stay with extent 1.</param>
    /// <param name="Shape">Shape of the result, in the graph's order.</param>
    /// <param name="ReadsPlanar">Whether the input is read in NCHW.</param>
    private sealed record Reduction(long[] Axes, bool Keep, SymbolicShape Shape, bool ReadsPlanar)
    {
        public bool ResultIsPlanar => ReadsPlanar && Keep;

        public static Reduction Of(OnnxNodeContext context)
        {
            var input = context.Input(0);
            var stated = context.ConstantInts(1, "the dimensions to reduce");
            var keep = context.Bool("keep_dims");
            if (input.Shape.Rank < 0)
            {
                return new Reduction(stated, keep, SymbolicShape.Unknown, false);
            }

            var axes = stated.Select(axis => (long)context.Axis(axis, input.Shape.Rank)).Distinct().Order().ToArray();
            var shape = new SymbolicShape([.. input.Shape.Extents!.Select((extent, i) => axes.Contains(i) ? (keep ? (SymbolicExtent)1 : new SymbolicExtent(-2, null)) : extent).Where(extent => extent.Value != -2)]);

            // Without their dimensions, channels and what is left of rows and columns would be the wrong way round.
            var sameOrder = axes.Contains(3L) || (axes.Contains(1L) && axes.Contains(2L));
            return new Reduction(axes, keep, shape, input.IsPlanar && (keep || sameOrder));
        }

        public (string Name, long[] Axes) Operands(OnnxNodeContext context) => ReadsPlanar
            ? (context.Planar(0), [.. Axes.Select(axis => (long)OnnxNodeContext.ToPlanar((int)axis)).Order()])
            : (context.Plain(0), Axes);
    }
}
