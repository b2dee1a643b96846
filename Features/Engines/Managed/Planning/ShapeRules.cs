using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>
/// Result shapes of operations that run as plain kernels, where they follow from the inputs' shapes. Without a rule nothing is lost but speed:
/// the run tells the shape.
/// </summary>
internal static class ShapeRules
{
    private static readonly HashSet<string> s_sameAsFirst = new(StringComparer.Ordinal)
    {
        "Abs", "Cast", "Ceil", "CheckNumerics", "ClipByValue", "Cos", "Cosh", "Elu", "Erf", "Erfc", "Exp", "Expm1", "Floor", "HardSwish", "Inv", "Invert",
        "IsFinite", "IsInf", "IsNan", "LRN", "LeakyRelu", "Log", "Log1p", "LogSoftmax", "LogicalNot", "Neg", "OnesLike", "Reciprocal", "Relu", "Relu6", "Rint",
        "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Softmax", "Softplus", "Softsign", "Sqrt", "Square", "Tan", "Tanh", "ZerosLike", "BiasAdd",
    };

    private static readonly HashSet<string> s_broadcast = new(StringComparer.Ordinal)
    {
        "Add", "AddV2", "Div", "DivNoNan", "FloorDiv", "FloorMod", "Maximum", "Minimum", "Mod", "Mul", "Pow", "RealDiv", "SquaredDifference", "Sub",
    };

    private static readonly HashSet<string> s_resize = new(StringComparer.Ordinal) { "ResizeArea", "ResizeBicubic", "ResizeBilinear", "ResizeNearestNeighbor" };

    /// <summary>The result of an operation that only looks at its inputs' shapes; null for any other.</summary>
    public static Tensor[]? Evaluate(FlowNode node, IReadOnlyList<PlanValue> inputs)
    {
        switch (node.Op)
        {
            case "Shape":
            case "ShapeN":
                return [.. inputs.Select((input, i) => Vector(input.Shape!.Value, node.OutputTypes[i]))];
            case "Size":
                return [Scalar(inputs[0].Shape!.Value.Count, node.OutputTypes[0])];
            case "Rank":
                return [Scalar(inputs[0].Shape!.Value.Rank, node.OutputTypes[0])];
            default:
                return null;
        }
    }

    /// <summary>The shapes of a node's results, or null where only the run can tell.</summary>
    public static TensorShape[]? Infer(FlowNode node, IReadOnlyList<PlanValue> inputs)
    {
        if (node.OutputTypes.Count != 1 || inputs.Count == 0)
        {
            return null;
        }

        var first = inputs[0].Shape!.Value;
        if (s_sameAsFirst.Contains(node.Op))
        {
            return [first];
        }

        if (s_broadcast.Contains(node.Op) && inputs.Count == 2)
        {
            return Broadcast(node, first, inputs[1].Shape!.Value) is { } shape ? [shape] : null;
        }

        if (s_resize.Contains(node.Op) && first.Rank == 4 && inputs[1].Constant is { Type: DataType.Int32, Count: 2 } size && size.AsSpan<int>() is [> 0, > 0])
        {
            return [Result(node, first[0], size.AsSpan<int>()[0], size.AsSpan<int>()[1], first[3])];
        }

        return node.Op == "ExpandDims" && inputs[1].Constant is { Type: DataType.Int32, Count: 1 } axis ? ExpandDims(first, axis.AsSpan<int>()[0]) : null;
    }

    /// <summary>The shape of a node's result.</summary>
    /// <exception cref="OperationException">So large a tensor can not be made; the plain kernels refuse it too.</exception>
    public static TensorShape Result(FlowNode node, params ReadOnlySpan<long> extents)
    {
        const long Most = OperationContext.MaxElements;
        long count = 1;
        foreach (var extent in extents)
        {
            count = Math.Min(Most + 1, Math.Max(1, count * Math.Min(Most + 1, extent)));
        }

        return count <= Most || (extents.Contains(0) && !extents.ContainsAnyInRange(Most + 1, long.MaxValue))
            ? new TensorShape(Array.ConvertAll(extents.ToArray(), extent => (int)extent))
            : throw new OperationException(
                $"node '{node.Name}' ({node.Op}): a tensor of shape [{string.Join(",", extents.ToArray())}] can not be made: at most {Most} elements are allowed");
    }

    /// <summary>The shape two broadcast operands have together; null where they do not fit.</summary>
    public static TensorShape? Broadcast(FlowNode node, TensorShape a, TensorShape b)
    {
        var extents = new long[Math.Max(a.Rank, b.Rank)];
        for (var i = 0; i < extents.Length; i++)
        {
            var x = i < extents.Length - a.Rank ? 1 : a[i - (extents.Length - a.Rank)];
            var y = i < extents.Length - b.Rank ? 1 : b[i - (extents.Length - b.Rank)];
            if (x != y && x != 1 && y != 1)
            {
                return null;
            }

            extents[i] = x == 1 ? y : x;
        }

        return Result(node, extents);
    }

    private static TensorShape[]? ExpandDims(TensorShape shape, int axis)
    {
        var at = axis < 0 ? axis + shape.Rank + 1 : axis;
        return at < 0 || at > shape.Rank ? null : [new TensorShape([.. shape.Extents[..at], 1, .. shape.Extents[at..]])];
    }

    private static Tensor Vector(TensorShape shape, DataType type) => type == DataType.Int64
        ? Tensor.From(new TensorShape(shape.Rank), Array.ConvertAll(shape.ToArray(), extent => (long)extent))
        : Tensor.From(new TensorShape(shape.Rank), shape.ToArray());

    private static Tensor Scalar(int value, DataType type) => type == DataType.Int64
        ? Tensor.From(TensorShape.Scalar, new[] { (long)value })
        : Tensor.From(TensorShape.Scalar, new[] { value });
}
