using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Parts of tensors.</summary>
internal static class SliceConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Slice"] = Slice,
        ["StridedSlice"] = SliceStrided,
        ["Gather"] = context => Gather(context, 0),
        ["GatherV2"] = GatherAlong,
        ["GatherNd"] = GatherPoints,
        ["Reverse"] = ReverseFlagged,
        ["ReverseV2"] = context => Reverse(context, context.ConstantInts(1, "the dimensions")),
        ["TopKV2"] = TakeLargest,
    };

    private static void Slice(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var (begin, size) = (context.ConstantInts(1, "the begin"), context.ConstantInts(2, "the size"));
        var ends = begin.Select((start, i) => size[i] < 0 ? long.MaxValue : start + size[i]).ToArray();
        var shape = input.Shape.Rank < 0 ? SymbolicShape.OfRank(begin.Length) : input.Shape;
        for (var i = 0; i < begin.Length; i++)
        {
            var whole = begin[i] == 0 && size[i] < 0;
            shape = shape.With(i, size[i] >= 0 ? size[i] : whole ? shape[i] : shape[i].IsKnown ? shape[i].Value - begin[i] : SymbolicExtent.Unknown);
        }

        var elements = begin.Length == 1 && input.Elements is { } known && size[0] >= 0 ? known.Skip((int)begin[0]).Take((int)size[0]).ToArray() : null;
        Emit(context, shape, elements, begin, ends, [.. Enumerable.Range(0, begin.Length)], null);
    }

    private static void SliceStrided(OnnxNodeContext context)
    {
        var input = context.Input(0);
        var (begin, end, strides) = (context.ConstantInts(1, "the begin"), context.ConstantInts(2, "the end"), context.ConstantInts(3, "the strides"));
        var (beginMask, endMask, ellipsis, newAxis, shrink) =
            (context.Int("begin_mask"), context.Int("end_mask"), context.Int("ellipsis_mask"), context.Int("new_axis_mask"), context.Int("shrink_axis_mask"));
        if (ellipsis != 0 || newAxis != 0 || input.Shape.Rank < 0)
        {
            throw context.Fail("an ellipsis, new dimensions or an input of unknown rank are not written");
        }

        var axes = new List<int>();
        var (starts, ends, steps) = (new List<long>(), new List<long>(), new List<long>());
        var gone = new List<int>();
        var extents = input.Shape.Extents!.ToArray();
        for (var i = 0; i < begin.Length; i++)
        {
            var (from, to, step) = ((beginMask >> i & 1) != 0, (endMask >> i & 1) != 0, strides[i]);
            if ((shrink >> i & 1) != 0)
            {
                gone.Add(i);
                axes.Add(i);
                starts.Add(begin[i]);
                ends.Add(begin[i] == -1 ? long.MaxValue : begin[i] + 1);
                steps.Add(1);
                extents[i] = 1;
                continue;
            }

            if (from && to && step == 1)
            {
                continue;
            }

            axes.Add(i);
            starts.Add(from ? step > 0 ? 0 : long.MaxValue : begin[i]);
            ends.Add(to ? step > 0 ? long.MaxValue : long.MinValue : end[i]);
            steps.Add(step);
            extents[i] = Length(extents[i], starts[^1], ends[^1], step);
        }

        IReadOnlyList<SymbolicExtent>? elements = null;
        if (input is { Elements: { } known, Shape.Rank: 1 } && steps is [1])
        {
            var (first, last) = (Place(starts[0], known.Count), Place(ends[0], known.Count));
            elements = [.. known.Take(last).Skip(first)];
        }

        Emit(context, new SymbolicShape(extents), elements, [.. starts], [.. ends], [.. axes], steps.TrueForAll(step => step == 1) ? null : [.. steps], gone);
    }

    private static int Place(long index, int count) => (int)Math.Clamp(index < 0 ? index + count : index, 0, count);

    private static SymbolicExtent Length(SymbolicExtent extent, long start, long end, long step)
    {
        if (!extent.IsKnown)
        {
            return SymbolicExtent.Unknown;
        }

        var count = extent.Value;
        long Bound(long index) => index == long.MinValue ? -1 : Math.Clamp(index < 0 ? index + count : index, step > 0 ? 0 : -1, step > 0 ? count : count - 1);
        return Math.Max(0, (Bound(end) - Bound(start) + step - Math.Sign(step)) / step);
    }

    private static void Emit(
        OnnxNodeContext context, SymbolicShape shape, IReadOnlyList<SymbolicExtent>? elements, long[] starts, long[] ends, int[] axes, long[]? steps, List<int>? gone = null)
    {
        var input = context.Input(0);
        var planar = input.IsPlanar && (gone is null || gone.Count == 0);
        if (axes.Length == 0)
        {
            context.Forward(0);
            return;
        }

        var name = planar ? context.Planar(0) : context.Plain(0);
        var builder = context.Builder;
        List<string> inputs = [name, builder.Ints(starts), builder.Ints(ends), builder.Ints([.. axes.Select(axis => (long)(planar ? OnnxNodeContext.ToPlanar(axis) : axis))])];
        if (steps is not null)
        {
            inputs.Add(builder.Ints(steps));
        }

        if (gone is null or { Count: 0 })
        {
            if (planar)
            {
                context.Set(true, shape, "Slice", inputs);
            }
            else
            {
                context.SetPlain(shape, elements, "Slice", inputs);
            }

            return;
        }

        var rest = new SymbolicShape([.. shape.Extents!.Where((_, i) => !gone.Contains(i))]);
        context.SetPlain(rest, elements, "Squeeze", [context.Emit("Slice", inputs), builder.Ints([.. gone.Select(axis => (long)axis)])]);
    }

    private static void GatherAlong(OnnxNodeContext context)
    {
        if (context.Int("batch_dims") != 0)
        {
            throw context.Fail($"batch_dims is {context.Int("batch_dims")}; 0 is written");
        }

        Gather(context, context.ConstantInts(2, "the axis")[0]);
    }

    private static void Gather(OnnxNodeContext context, long stated)
    {
        var (values, indices) = (context.Input(0), context.Input(1));
        var axis = context.Axis(stated, values.Shape.Rank);
        var shape = values.Shape.Extents is null || indices.Shape.Extents is null
            ? SymbolicShape.Unknown
            : new SymbolicShape([.. values.Shape.Extents.Take(axis), .. indices.Shape.Extents, .. values.Shape.Extents.Skip(axis + 1)]);
        var elements = values.Elements is { } known && values.Shape.Rank == 1 && SymbolicElements.Integers(indices.Constant) is { } places && indices.Shape.Rank <= 1 && Array.TrueForAll(places, place => place >= 0 && place < known.Count)
            ? places.Select(place => known[(int)place]).ToArray()
            : null;
        context.SetPlain(shape, elements, "Gather", [context.Plain(0), context.Plain(1)], OnnxAttribute.Int("axis", axis));
    }

    private static void GatherPoints(OnnxNodeContext context)
    {
        var indices = context.Input(1).Type == DataType.Int64 ? context.Plain(1) : context.Emit("Cast", [context.Plain(1)], OnnxAttribute.Int("to", OnnxElementType.Int64));
        context.Set(false, SymbolicShape.Unknown, "GatherND", [context.Plain(0), indices]);
    }

    private static void ReverseFlagged(OnnxNodeContext context)
    {
        var flags = context.Constant(1, "which dimensions are turned").AsSpan<bool>().ToArray();
        Reverse(context, [.. Enumerable.Range(0, flags.Length).Where(axis => flags[axis]).Select(axis => (long)axis)]);
    }

    private static void Reverse(OnnxNodeContext context, long[] stated)
    {
        var input = context.Input(0);
        int[] axes = [.. stated.Select(axis => context.Axis(axis, input.Shape.Rank))];
        Emit(
            context, input.Shape, null, [.. Enumerable.Repeat(-1L, axes.Length)], [.. Enumerable.Repeat(long.MinValue, axes.Length)], axes, [.. Enumerable.Repeat(-1L, axes.Length)]);
    }

    private static void TakeLargest(OnnxNodeContext context)
    {
        var shape = context.Input(0).Shape;
        var count = context.ConstantInts(1, "how many to take")[0];
        var result = shape.Rank < 1 ? SymbolicShape.Unknown : shape.With(shape.Rank - 1, count);
        var values = context.Output(0, false, result);
        if (context.Node.OutputTypes[1] == DataType.Int64)
        {
            context.Builder.Node("TopK", [values, context.Output(1, false, result)], [context.Plain(0), context.Builder.Ints(count)], OnnxAttribute.Int("axis", -1));
            return;
        }

        var places = context.Builder.Unique(context.Node.Name + "/places");
        context.Builder.Node("TopK", [values, places], [context.Plain(0), context.Builder.Ints(count)], OnnxAttribute.Int("axis", -1));
        context.Builder.Node("Cast", [context.Output(1, false, result)], [places], OnnxAttribute.Int("to", OnnxElementType.Of(context.Node.OutputTypes[1])));
    }
}
