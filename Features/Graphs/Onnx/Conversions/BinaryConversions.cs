using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Functions of several tensors that are broadcast, element by element.</summary>
internal static class BinaryConversions
{
    private static readonly (string TensorFlow, string Onnx)[] s_same =
    [
        ("Add", "Add"), ("AddV2", "Add"), ("Sub", "Sub"), ("Mul", "Mul"), ("RealDiv", "Div"), ("Maximum", "Max"), ("Minimum", "Min"), ("Pow", "Pow"),
        ("Greater", "Greater"), ("GreaterEqual", "GreaterOrEqual"), ("Less", "Less"), ("LessEqual", "LessOrEqual"), ("Equal", "Equal"),
        ("LogicalAnd", "And"), ("LogicalOr", "Or"),
    ];

    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = s_same
        .Select(pair => (pair.TensorFlow, Convert: (Action<OnnxNodeContext>)(context => Apply(context, pair.Onnx))))
        .Concat(
        [
            ("Div", Divide),
            ("TruncateDiv", Divide),
            ("FloorDiv", FloorDivide),
            ("FloorMod", FloorModulo),
            ("DivNoNan", DivideOrZero),
            ("MulNoNan", MultiplyOrZero),
            ("NotEqual", NotEqual),
            ("SquaredDifference", SquaredDifference),
            ("BiasAdd", AddBias),
            ("BiasAddV1", AddBias),
            ("AddN", context => Apply(context, "Sum")),
            ("AccumulateNV2", context => Apply(context, "Sum")),
            ("Select", Select),
            ("SelectV2", Where),
        ])
        .ToDictionary(pair => pair.TensorFlow, pair => pair.Convert, StringComparer.Ordinal);

    private static BroadcastOperands Operands(OnnxNodeContext context) => BroadcastOperands.Of(context, Enumerable.Range(0, context.InputCount));

    private static void Set(OnnxNodeContext context, BroadcastOperands operands, string op, IEnumerable<string> inputs, params AttributeProto[] attributes) =>
        context.Set(operands.IsPlanar, operands.Shape, op, inputs, attributes);

    private static void Apply(OnnxNodeContext context, string op)
    {
        var operands = Operands(context);
        Set(context, operands, op, operands.Names);
    }

    private static bool IsFloat(DataType type) => type is DataType.Float32 or DataType.Float64 or DataType.Half or DataType.BFloat16;

    private static void Divide(OnnxNodeContext context)
    {
        // Both cut integers off towards zero.
        Apply(context, "Div");
    }

    private static void FloorDivide(OnnxNodeContext context)
    {
        var operands = Operands(context);
        if (!IsFloat(context.OutputType))
        {
            throw context.Fail($"ONNX divides {Tensor.NameOf(context.OutputType)} towards zero, not down");
        }

        Set(context, operands, "Floor", [context.Emit("Div", operands.Names)]);
    }

    private static void FloorModulo(OnnxNodeContext context)
    {
        var operands = Operands(context);
        if (!IsFloat(context.OutputType))
        {
            Set(context, operands, "Mod", operands.Names);
            return;
        }

        // ONNX's Mod of floats takes the sign of the dividend; TensorFlow's of the divisor.
        var remainder = context.Emit("Mod", operands.Names, OnnxAttribute.Int("fmod", 1));
        var shifted = context.Emit("Add", [remainder, operands.Names[1]]);
        Set(context, operands, "Mod", [shifted, operands.Names[1]], OnnxAttribute.Int("fmod", 1));
    }

    private static void DivideOrZero(OnnxNodeContext context)
    {
        var operands = Operands(context);
        var isZero = context.Emit("Equal", [operands.Names[1], context.Scalar(0)]);
        Set(context, operands, "Where", [isZero, context.Scalar(0), context.Emit("Div", operands.Names)]);
    }

    private static void MultiplyOrZero(OnnxNodeContext context)
    {
        var operands = Operands(context);
        var isZero = context.Emit("Equal", [operands.Names[1], context.Scalar(0)]);
        Set(context, operands, "Where", [isZero, context.Scalar(0), context.Emit("Mul", operands.Names)]);
    }

    private static void NotEqual(OnnxNodeContext context)
    {
        var operands = Operands(context);
        Set(context, operands, "Not", [context.Emit("Equal", operands.Names)]);
    }

    private static void SquaredDifference(OnnxNodeContext context)
    {
        var operands = Operands(context);
        var difference = context.Emit("Sub", operands.Names);
        Set(context, operands, "Mul", [difference, difference]);
    }

    private static void AddBias(OnnxNodeContext context)
    {
        if (context.Node.IsNhwc)
        {
            Apply(context, "Add");
            return;
        }

        var shape = context.Input(0).Shape;
        if (shape.Rank < 3)
        {
            throw context.Fail($"data_format is {context.Text("data_format")} and the input has shape {shape}");
        }

        var bias = context.Emit("Unsqueeze", [context.Plain(1), context.Builder.Ints([.. Enumerable.Range(1, shape.Rank - 2).Select(axis => (long)axis)])]);
        context.Set(false, shape, "Add", [context.Plain(0), bias]);
    }

    private static void Where(OnnxNodeContext context)
    {
        var operands = Operands(context);
        Set(context, operands, "Where", operands.Names);
    }

    /// <summary>The first form chooses whole rows where the condition is a vector; it does not broadcast otherwise.</summary>
    private static void Select(OnnxNodeContext context)
    {
        var (condition, values) = (context.Input(0).Shape.Rank, context.Input(1).Shape);
        if (condition != 1 || values.Rank == 1)
        {
            Where(context);
            return;
        }

        if (values.Rank < 2)
        {
            throw context.Fail($"the condition is a vector and the values have shape {values}");
        }

        var wide = context.Emit("Unsqueeze", [context.Plain(0), context.Builder.Ints([.. Enumerable.Range(1, values.Rank - 1).Select(axis => (long)axis)])]);
        context.Set(false, values, "Where", [wide, context.Plain(1), context.Plain(2)]);
    }
}
