using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations on shapes: reading them, changing them, repeating up to them.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc.</remarks>
internal static class ShapeOperations
{
    private const string IndexType = "{int32, int64} = int32";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Shape(input: T) -> (output: out_type)", ["T: type", $"out_type: {IndexType}"], Shapes),
        Define("ShapeN(input: N * T) -> (output: N * out_type)", ["N: int", "T: type", $"out_type: {IndexType}"], Shapes),
        Define("Rank(input: T) -> (output: int32)", ["T: type"], context => [Tensor.From(TensorShape.Scalar, new[] { context.Inputs[0].Shape.Rank })]),
        Define("Size(input: T) -> (output: out_type)", ["T: type", $"out_type: {IndexType}"], context => [Index(context.Type("out_type"), TensorShape.Scalar, [context.Inputs[0].Count])]),
        Define("Reshape(tensor: T, shape: Tshape) -> (output: T)", ["T: type", $"Tshape: {IndexType}"], Reshape),
        Define("Squeeze(input: T) -> (output: T)", ["T: type", "squeeze_dims: list(int) = []"], Squeeze),
        Define("ExpandDims(input: T, dim: Tdim) -> (output: T)", ["T: type", $"Tdim: {IndexType}"], ExpandDims),
        Define("EnsureShape(input: T) -> (output: T)", ["T: type", "shape: shape"], EnsureShape),
        Define("BroadcastTo(input: T, shape: Tidx) -> (output: T)", ["T: type", $"Tidx: {IndexType}"], BroadcastTo),
        Define("BroadcastArgs(s0: T, s1: T) -> (r0: T)", [$"T: {IndexType}"], BroadcastArgs),
    ];

    /// <summary>A tensor of int32 or int64 indices.</summary>
    public static Tensor Index(DataType type, TensorShape shape, long[] values) => type == DataType.Int64
        ? Tensor.From(shape, values)
        : Tensor.From(shape, Array.ConvertAll(values, value => checked((int)value)));

    private static Tensor[] Shapes(OperationContext context) =>
        [.. context.Inputs.Select(input => Index(context.Type("out_type"), new TensorShape(input.Shape.Rank), Array.ConvertAll(input.Shape.ToArray(), extent => (long)extent)))];

    private static Tensor[] Reshape(OperationContext context)
    {
        var tensor = context.Inputs[0];
        if (context.Inputs[1].Shape.Rank != 1)
        {
            throw context.Fail($"the new shape is a tensor of shape {context.Inputs[1].Shape}; a vector is expected");
        }

        var sizes = context.IntValues(1);
        var unknown = Array.IndexOf(sizes, -1);
        if (unknown >= 0)
        {
            if (Array.LastIndexOf(sizes, -1) != unknown)
            {
                throw context.Fail($"the new shape [{string.Join(",", sizes)}] has more than one -1; at most one extent can be left open");
            }

            sizes[unknown] = 1;
            var known = context.Shape(sizes).Count;
            sizes[unknown] = known > 0 && tensor.Count % known == 0
                ? tensor.Count / known
                : throw context.Fail($"no extent for -1 makes {tensor.Count} elements (shape {tensor.Shape}) of [{string.Join(",", context.IntValues(1))}]");
        }

        var shape = context.Shape(sizes);
        return shape.Count == tensor.Count
            ? [tensor.Reshape(shape)]
            : throw context.Fail($"the input {tensor.Shape} has {tensor.Count} elements, the new shape {shape} {shape.Count}");
    }

    private static Tensor[] Squeeze(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var rank = tensor.Shape.Rank;
        var axes = context.Ints("squeeze_dims").Select(axis => context.Axis(axis, rank)).ToHashSet();
        var kept = new List<int>();
        for (var i = 0; i < rank; i++)
        {
            var named = axes.Contains(i);
            if (named && tensor.Shape[i] != 1)
            {
                throw context.Fail($"dimension {i} of shape {tensor.Shape} is to be squeezed; its extent must be 1");
            }

            if (!named && (axes.Count > 0 || tensor.Shape[i] != 1))
            {
                kept.Add(tensor.Shape[i]);
            }
        }

        return [tensor.Reshape(new TensorShape([.. kept]))];
    }

    private static Tensor[] ExpandDims(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var axis = context.Axis(context.IntValue(1), tensor.Shape.Rank + 1);
        List<int> extents = [.. tensor.Shape.ToArray()];
        extents.Insert(axis, 1);
        return [tensor.Reshape(new TensorShape([.. extents]))];
    }

    private static Tensor[] EnsureShape(OperationContext context)
    {
        var shape = context.Attribute("shape").Shape;
        return shape.Allows(context.Inputs[0].Shape)
            ? [context.Inputs[0]]
            : throw context.Fail($"the input has shape {context.Inputs[0].Shape}; {shape} is expected");
    }

    private static Tensor[] BroadcastTo(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var shape = context.Shape(context.IntValues(1));
        return tensor.Shape.Rank <= shape.Rank && Broadcasting.Shape(context, tensor.Shape, shape) == shape
            ? [Broadcasting.Expand(tensor, shape)]
            : throw context.Fail($"shape {tensor.Shape} does not broadcast to {shape}");
    }

    private static Tensor[] BroadcastArgs(OperationContext context)
    {
        var shape = Broadcasting.Shape(context, context.Shape(context.IntValues(0)), context.Shape(context.IntValues(1)));
        return [Index(context.Type("T"), new TensorShape(shape.Rank), Array.ConvertAll(shape.ToArray(), extent => (long)extent))];
    }
}
