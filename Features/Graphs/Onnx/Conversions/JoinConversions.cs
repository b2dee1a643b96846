namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Tensors joined to one, and taken apart.</summary>
internal static class JoinConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Concat"] = context => Concatenate(context, 1, context.InputCount - 1, context.ConstantInts(0, "the axis")[0]),
        ["ConcatV2"] = context => Concatenate(context, 0, context.InputCount - 1, context.ConstantInts(context.InputCount - 1, "the axis")[0]),
        ["Pack"] = Pack,
        ["Unpack"] = Unpack,
        ["Split"] = context => Split(context, 1, context.ConstantInts(0, "the axis")[0], null),
        ["SplitV"] = context => Split(context, 0, context.ConstantInts(2, "the axis")[0], context.ConstantInts(1, "the sizes")),
    };

    private static void Concatenate(OnnxNodeContext context, int first, int count, long stated)
    {
        var values = Enumerable.Range(first, count).Select(context.Input).ToList();
        var known = values.Find(value => value.Shape.Rank >= 0)?.Shape.Rank ?? -1;
        var axis = context.Axis(stated, known);
        var planar = known == 4 && values.Exists(value => value.IsPlanar);
        if (count == 1)
        {
            context.Forward(first);
            return;
        }

        var shape = SymbolicShape.Unknown;
        if (values.TrueForAll(value => value.Shape.Rank == known && known >= 0))
        {
            shape = new SymbolicShape([.. Enumerable.Range(0, known).Select(dimension => Joined(values, dimension, dimension == axis))]);
        }

        // Parts without elements, which some graphs have, are of no rank that would fit.
        IReadOnlyList<SymbolicExtent>? elements = known == 1 && values.TrueForAll(value => value.Elements is not null) ? [.. values.SelectMany(value => value.Elements!)] : null;
        var names = values.Select(value => planar ? context.Translation.Planar(value) : context.Translation.Plain(value)).ToList();
        var attribute = OnnxAttribute.Int("axis", planar ? OnnxNodeContext.ToPlanar(axis) : axis);
        if (planar)
        {
            context.Set(true, shape.Rank < 0 ? SymbolicShape.OfRank(4) : shape, "Concat", names, attribute);
        }
        else
        {
            context.SetPlain(shape, elements, "Concat", names, attribute);
        }
    }

    private static SymbolicExtent Joined(List<OnnxValue> values, int dimension, bool isAxis)
    {
        if (!isAxis)
        {
            return values.Select(value => value.Shape[dimension]).OrderByDescending(extent => extent.IsKnown).ThenByDescending(extent => extent.Symbol is not null).First();
        }

        return values.TrueForAll(value => value.Shape[dimension].IsKnown) ? values.Sum(value => value.Shape[dimension].Value) : SymbolicExtent.Unknown;
    }

    private static void Pack(OnnxNodeContext context)
    {
        var count = context.InputCount;
        var shape = context.Input(0).Shape;
        var stated = context.Int("axis");
        var result = SymbolicShape.Unknown;
        if (shape.Extents is not null)
        {
            stated = context.Axis(stated, shape.Rank + 1);
            var extents = shape.Extents.ToList();
            extents.Insert((int)stated, count);
            result = new SymbolicShape(extents);
        }

        var values = Enumerable.Range(0, count).Select(context.Input).ToList();
        IReadOnlyList<SymbolicExtent>? elements = shape.Rank == 0 && values.TrueForAll(value => value.Elements is { Count: 1 }) ? [.. values.Select(value => value.Elements![0])] : null;
        var parts = values.Select(value => context.Emit("Unsqueeze", [context.Translation.Plain(value), context.Builder.Ints(stated)])).ToList();
        context.SetPlain(result, elements, "Concat", parts, OnnxAttribute.Int("axis", stated));
    }

    private static void Unpack(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var count = context.Node.OutputTypes.Count;
        if (count == 0)
        {
            return;
        }

        var axis = context.Axis(context.Int("axis"), input.Shape.Rank);
        var shape = input.Shape.Extents is null ? SymbolicShape.Unknown : new SymbolicShape([.. input.Shape.Extents.Where((_, i) => i != axis)]);
        for (var i = 0; i < count; i++)
        {
            IReadOnlyList<SymbolicExtent>? element = input.Shape.Rank == 1 && input.Elements is { } elements ? [elements[i]] : null;
            var name = context.Output(i, false, shape, element);
            context.Builder.Node("Gather", [name], [context.Plain(0), context.Builder.Scalar(Tensors.DataType.Int64, i)], OnnxAttribute.Int("axis", axis));
        }
    }

    private static void Split(OnnxNodeContext context, int source, long stated, long[]? sizes)
    {
        var input = context.Input(source);
        var count = context.Node.OutputTypes.Count;
        var axis = context.Axis(stated, input.Shape.Rank);
        var extent = input.Shape.Rank > 0 ? input.Shape[axis] : SymbolicExtent.Unknown;
        if (sizes is not null && sizes.Contains(-1L))
        {
            var rest = extent.IsKnown ? extent.Value - sizes.Where(size => size >= 0).Sum() : throw context.Fail("one of its sizes is open and the extent is not known");
            sizes = Array.ConvertAll(sizes, size => size < 0 ? rest : size);
        }

        sizes ??= extent.IsKnown ? [.. Enumerable.Repeat(extent.Value / count, count)] : null;
        if (count == 1)
        {
            context.Forward(source);
            return;
        }

        var names = Enumerable.Range(0, count)
            .Select(i => context.Output(i, input.IsPlanar, input.Shape.Rank < 0 ? SymbolicShape.Unknown : input.Shape.With(axis, sizes is null ? SymbolicExtent.Unknown : sizes[i])))
            .ToList();
        List<string> inputs = [context.Natural(source)];
        if (sizes is not null)
        {
            inputs.Add(context.Builder.Ints(sizes));
        }

        context.Builder.Node("Split", names, inputs, OnnxAttribute.Int("axis", input.IsPlanar ? OnnxNodeContext.ToPlanar(axis) : axis));
    }
}
