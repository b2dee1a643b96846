using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Changes of shape and order, and shapes as values.</summary>
internal static class ShapeConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Reshape"] = Reshape,
        ["Squeeze"] = Squeeze,
        ["ExpandDims"] = ExpandDims,
        ["Transpose"] = Transpose,
        ["Shape"] = Shape,
        ["Rank"] = Rank,
        ["Size"] = Size,
        ["DepthToSpace"] = context => MoveBlocks(context, toSpace: true),
        ["SpaceToDepth"] = context => MoveBlocks(context, toSpace: false),
    };

    private static void Reshape(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var elements = context.Input(1).Elements;

        // One pixel a map: both orders are the same run of numbers.
        var name = input.IsPlanar && input.Shape[1] is { IsKnown: true, Value: 1 } && input.Shape[2] is { IsKnown: true, Value: 1 } ? context.Planar(0) : context.Plain(0);
        if (elements is not null && Target(elements, input.Shape) is { } target)
        {
            context.SetPlain(Result(elements, input.Shape), target.Length <= 1 ? input.Elements : null, "Reshape", [name, context.Builder.Ints(target)]);
            return;
        }

        var computed = context.Input(1).Type == DataType.Int64 ? context.Plain(1) : context.Emit("Cast", [context.Plain(1)], OnnxAttribute.Int("to", OnnxElementType.Int64));
        var rank = context.Input(1).Shape[0] is { IsKnown: true } known && context.Input(1).Shape.Rank == 1 ? (int)known.Value : -1;
        context.Set(false, rank < 0 ? SymbolicShape.Unknown : SymbolicShape.OfRank(rank), "Reshape", [name, computed], OnnxAttribute.Int("allowzero", 1));
    }

    /// <summary>The shape as ONNX takes it: 0 copies the input's extent at that place, one −1 stands for what is left. Null where that can not say it.</summary>
    private static long[]? Target(IReadOnlyList<SymbolicExtent> wanted, SymbolicShape input)
    {
        var target = new long[wanted.Count];
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = wanted[i] switch
            {
                { IsKnown: true, Value: 0 } => -3,
                { IsKnown: true } extent => extent.Value,
                { Symbol: { } symbol } when i < input.Rank && input[i].Symbol == symbol => 0,
                { Symbol: null, Value: -1 } or { Symbol: not null } => -1,
                _ => -3,
            };
        }

        return target.Contains(-3) || target.Count(extent => extent == -1) > 1 ? null : target;
    }

    private static SymbolicShape Result(IReadOnlyList<SymbolicExtent> wanted, SymbolicShape input)
    {
        var shape = new SymbolicShape(wanted);
        var open = Enumerable.Range(0, wanted.Count).Where(i => wanted[i].Symbol is null && wanted[i].Value == -1).ToArray();
        if (open.Length != 1 || input.Extents is null)
        {
            return shape;
        }

        // What is left over: the input's named extents must all come back by name.
        var (given, rest) = (1L, 1L);
        var symbols = input.Extents.Where(extent => !extent.IsKnown).ToList();
        foreach (var extent in wanted.Where((_, i) => i != open[0]))
        {
            if (extent.IsKnown)
            {
                rest *= extent.Value;
            }
            else if (extent.Symbol is null || !symbols.Remove(extent))
            {
                return shape;
            }
        }

        foreach (var extent in input.Extents.Where(extent => extent.IsKnown))
        {
            given *= extent.Value;
        }

        if (rest == 0 || given % rest != 0)
        {
            return shape;
        }

        return symbols.Count == 0 ? shape.With(open[0], given / rest) : symbols is [{ Symbol: not null } only] && given == rest ? shape.With(open[0], only) : shape;
    }

    private static void Squeeze(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var shape = input.Shape;
        var axes = context.Ints("squeeze_dims");
        if (axes.Length == 0)
        {
            if (shape.Extents is null || shape.Extents.Any(extent => !extent.IsKnown && extent.Symbol is null))
            {
                context.Set(false, SymbolicShape.Unknown, "Squeeze", [context.Plain(0)]);
                return;
            }

            // A named extent, such as that of the batch, stays: one image is no reason to drop it.
            axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] is { IsKnown: true, Value: 1 }).Select(axis => (long)axis)];
        }

        if (shape.Extents is null)
        {
            context.Set(false, SymbolicShape.Unknown, "Squeeze", [context.Plain(0), context.Builder.Ints(axes)]);
            return;
        }

        int[] gone = [.. axes.Select(axis => context.Axis(axis, shape.Rank)).Distinct()];
        var result = new SymbolicShape([.. shape.Extents.Where((_, i) => !gone.Contains(i))]);
        var sameOrder = gone.Contains(3) || (gone.Contains(1) && gone.Contains(2));
        if (gone.Length == 0)
        {
            context.Forward(0);
        }
        else if (input.IsPlanar && sameOrder)
        {
            context.Set(false, result, "Squeeze", [context.Planar(0), context.Builder.Ints([.. gone.Select(axis => (long)OnnxNodeContext.ToPlanar(axis)).Order()])]);
        }
        else
        {
            context.SetPlain(result, input.Elements, "Squeeze", [context.Plain(0), context.Builder.Ints([.. gone.Select(axis => (long)axis)])]);
        }
    }

    private static void ExpandDims(OnnxNodeContext context)
    {
        var shape = context.Input(0).Shape;
        var stated = context.ConstantInts(1, "the axis")[0];
        if (shape.Extents is null)
        {
            context.Set(false, SymbolicShape.Unknown, "Unsqueeze", [context.Plain(0), context.Builder.Ints(stated)]);
            return;
        }

        var axis = context.Axis(stated, shape.Rank + 1);
        var result = shape.Extents.ToList();
        result.Insert(axis, 1);
        context.SetPlain(new SymbolicShape(result), shape.Rank == 0 ? context.Input(0).Elements : null, "Unsqueeze", [context.Plain(0), context.Builder.Ints(axis)]);
    }

    private static void Transpose(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var order = context.ConstantInts(1, "the order of dimensions").Select(axis => (long)context.Axis(axis, input.Shape.Rank)).ToArray();
        var shape = input.Shape.Extents is null ? SymbolicShape.OfRank(order.Length) : new SymbolicShape([.. order.Select(axis => input.Shape[(int)axis])]);
        if (order is [0, 3, 1, 2] && input.IsPlanar)
        {
            // To NCHW, which it already is.
            context.Set(false, shape, "Identity", [context.Planar(0)]);
        }
        else if (order is [0, 2, 3, 1] && !input.IsPlanar)
        {
            context.Set(true, shape, "Identity", [context.Plain(0)]);
        }
        else
        {
            context.Set(false, shape, "Transpose", [context.Plain(0)], OnnxAttribute.Ints("perm", order));
        }
    }

    private static void Shape(OnnxNodeContext context)
    {
        var shape = context.Input(0).Shape;
        var elements = shape.Extents;
        var result = elements is null ? SymbolicShape.OfRank(1) : SymbolicShape.Of(elements.Count);
        if (context.OutputType == DataType.Int64)
        {
            context.SetPlain(result, elements, "Shape", [context.Plain(0)]);
        }
        else
        {
            context.SetPlain(result, elements, "Cast", [context.Emit("Shape", [context.Plain(0)])], OnnxAttribute.Int("to", OnnxElementType.Of(context.OutputType)));
        }
    }

    private static void Rank(OnnxNodeContext context)
    {
        var rank = context.Input(0).Shape.Rank;
        if (rank < 0)
        {
            throw context.Fail("the number of dimensions of its input is not known; state the shape of the graph's input");
        }

        context.SetPlain(SymbolicShape.Of(), [rank], "Identity", [context.Scalar(rank)]);
    }

    private static void Size(OnnxNodeContext context)
    {
        var count = context.Input(0).Shape.Count;
        SymbolicExtent[]? elements = count < 0 ? null : [count];
        if (context.OutputType == DataType.Int64)
        {
            context.SetPlain(SymbolicShape.Of(), elements, "Size", [context.Natural(0)]);
        }
        else
        {
            context.SetPlain(SymbolicShape.Of(), elements, "Cast", [context.Emit("Size", [context.Natural(0)])], OnnxAttribute.Int("to", OnnxElementType.Of(context.OutputType)));
        }
    }

    private static void MoveBlocks(OnnxNodeContext context, bool toSpace)
    {
        var images = ImageOperand.Of(context);
        var size = context.Int("block_size");
        var shape = images.Shape;
        SymbolicExtent Grow(SymbolicExtent extent, bool grows) => !extent.IsKnown ? SymbolicExtent.Unknown : grows ? extent.Value * size : extent.Value / size;
        var channels = shape[1].IsKnown ? toSpace ? shape[1].Value / (size * size) : shape[1].Value * size * size : SymbolicExtent.Unknown;
        if (toSpace)
        {
            images.Set(context, channels, Grow(shape[2], true), Grow(shape[3], true), "DepthToSpace", [images.Name], OnnxAttribute.Int("blocksize", size), OnnxAttribute.Text("mode", "DCR"));
            return;
        }

        images.Set(context, channels, Grow(shape[2], false), Grow(shape[3], false), "SpaceToDepth", [images.Name], OnnxAttribute.Int("blocksize", size));
    }
}
