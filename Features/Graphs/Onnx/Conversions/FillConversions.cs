using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Tensors made from sizes.</summary>
internal static class FillConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Fill"] = Fill,
        ["BroadcastTo"] = context => Expand(context, context.Plain(0), 1),
        ["OnesLike"] = context => FillLike(context, 1),
        ["ZerosLike"] = context => FillLike(context, 0),
        ["Range"] = Range,
        ["OneHot"] = OneHot,
        ["Tile"] = Tile,
    };

    private static string AsInt64(OnnxNodeContext context, int input) => context.Input(input) switch
    {
        { Type: DataType.Int64 } => context.Plain(input),
        { Constant: { } constant } => context.Builder.Ints(SymbolicElements.Integers(constant)!),
        _ => context.Emit("Cast", [context.Plain(input)], OnnxAttribute.Int("to", OnnxElementType.Int64)),
    };

    private static void Fill(OnnxNodeContext context) => Expand(context, context.Plain(1), 0);

    private static void Expand(OnnxNodeContext context, string name, int sizes)
    {
        var shape = context.Input(sizes).Elements is { } elements ? new SymbolicShape(elements) : SymbolicShape.Unknown;
        context.Set(false, shape, "Expand", [name, AsInt64(context, sizes)]);
    }

    private static void FillLike(OnnxNodeContext context, double value) =>
        context.Set(false, context.Input(0).Shape, "Expand", [context.Scalar(value), context.Emit("Shape", [context.Plain(0)])]);

    private static void Range(OnnxNodeContext context) => context.Set(false, SymbolicShape.OfRank(1), "Range", [context.Plain(0), context.Plain(1), context.Plain(2)]);

    private static void OneHot(OnnxNodeContext context)
    {
        var shape = context.Input(0).Shape;
        var depth = context.Input(1).Elements is [var known] ? known : SymbolicExtent.Unknown;
        var axis = context.Int("axis");
        var result = SymbolicShape.Unknown;
        if (shape.Extents is not null)
        {
            var extents = shape.Extents.ToList();
            extents.Insert(axis < 0 ? extents.Count : (int)axis, depth);
            result = new SymbolicShape(extents);
        }

        // ONNX counts negative indices from the end, where TensorFlow has neither value on: they are moved past the end.
        var type = context.Input(0).Type;
        if (type is not (DataType.Int32 or DataType.Int64) || !depth.IsKnown)
        {
            throw context.Fail($"its indices are {Tensor.NameOf(type)} and its depth is {depth}; int32 or int64 and a constant are written");
        }

        var outside = context.Emit("Less", [context.Plain(0), context.Scalar(0, type)]);
        var indices = context.Emit("Where", [outside, context.Scalar(depth.Value, type), context.Plain(0)]);
        var values = context.Emit("Concat", [Vector(3), Vector(2)], OnnxAttribute.Int("axis", 0));
        string Vector(int input) => context.Emit("Unsqueeze", [context.Plain(input), context.Builder.Ints(0)]);
        context.Set(false, result, "OneHot", [indices, context.Scalar(depth.Value, DataType.Int64), values], OnnxAttribute.Int("axis", axis));
    }

    private static void Tile(OnnxNodeContext context)
    {
        var shape = context.Input(0).Shape;
        var times = context.Input(1).Elements;
        var result = shape.Extents is null || times is null || times.Count != shape.Rank
            ? shape.Rank < 0 ? SymbolicShape.Unknown : SymbolicShape.OfRank(shape.Rank)
            : new SymbolicShape([.. shape.Extents.Select((extent, i) => times[i] switch
            {
                { IsKnown: true, Value: 1 } => extent,
                { IsKnown: true } count when extent.IsKnown => extent.Value * count.Value,
                _ => SymbolicExtent.Unknown,
            })]);
        context.Set(false, result, "Tile", [context.Plain(0), AsInt64(context, 1)]);
    }
}
