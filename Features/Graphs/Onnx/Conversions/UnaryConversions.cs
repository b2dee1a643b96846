using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Functions of one tensor, element by element, in whatever order it is.</summary>
internal static class UnaryConversions
{
    /// <summary>TensorFlow's name and ONNX's, where they are one function.</summary>
    private static readonly (string TensorFlow, string Onnx)[] s_same =
    [
        ("Abs", "Abs"), ("Acos", "Acos"), ("Acosh", "Acosh"), ("Asin", "Asin"), ("Asinh", "Asinh"), ("Atan", "Atan"), ("Atanh", "Atanh"), ("Ceil", "Ceil"),
        ("Cos", "Cos"), ("Cosh", "Cosh"), ("Elu", "Elu"), ("Erf", "Erf"), ("Exp", "Exp"), ("Floor", "Floor"), ("Inv", "Reciprocal"), ("IsInf", "IsInf"),
        ("IsNan", "IsNaN"), ("Log", "Log"), ("LogicalNot", "Not"), ("Neg", "Neg"), ("Reciprocal", "Reciprocal"), ("Relu", "Relu"), ("Rint", "Round"),
        ("Round", "Round"), ("Selu", "Selu"), ("Sigmoid", "Sigmoid"), ("Sign", "Sign"), ("Sin", "Sin"), ("Sinh", "Sinh"), ("Softplus", "Softplus"),
        ("Softsign", "Softsign"), ("Sqrt", "Sqrt"), ("Tan", "Tan"), ("Tanh", "Tanh"),
    ];

    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = s_same
        .Select(pair => (pair.TensorFlow, Convert: (Action<OnnxNodeContext>)(context => Apply(context, pair.Onnx))))
        .Concat(
        [
            ("Erfc", context => Set(context, "Sub", [context.Scalar(1), context.Emit("Erf", [context.Natural(0)])])),
            ("Expm1", context => Set(context, "Sub", [context.Emit("Exp", [context.Natural(0)]), context.Scalar(1)])),
            ("Log1p", context => Set(context, "Log", [context.Emit("Add", [context.Natural(0), context.Scalar(1)])])),
            ("Rsqrt", context => Set(context, "Reciprocal", [context.Emit("Sqrt", [context.Natural(0)])])),
            ("Square", context => Set(context, "Mul", [context.Natural(0), context.Natural(0)])),
            ("LeakyRelu", context => Apply(context, "LeakyRelu", OnnxAttribute.Float("alpha", context.Float("alpha")))),
            ("Relu6", context => Set(context, "Clip", [context.Natural(0), context.Scalar(0), context.Scalar(6)])),
            ("IsFinite", IsFinite),
            ("ClipByValue", Clip),
            ("CheckNumerics", context => context.Forward(0)),
            ("CheckNumericsV2", context => context.Forward(0)),
            ("EnsureShape", context => context.Forward(0)),
        ])
        .ToDictionary(pair => pair.TensorFlow, pair => pair.Convert, StringComparer.Ordinal);

    private static void Apply(OnnxNodeContext context, string op, params AttributeProto[] attributes) => Set(context, op, [context.Natural(0)], attributes);

    private static void Set(OnnxNodeContext context, string op, string[] inputs, params AttributeProto[] attributes) =>
        context.Set(context.Input(0).IsPlanar, context.Input(0).Shape, op, inputs, attributes);

    private static void IsFinite(OnnxNodeContext context)
    {
        var type = context.Input(0).Type;
        if (type is not (DataType.Float32 or DataType.Float64 or DataType.Half))
        {
            throw context.Fail($"it is of {Tensor.NameOf(type)}");
        }

        var unusual = context.Emit("Or", [context.Emit("IsNaN", [context.Natural(0)]), context.Emit("IsInf", [context.Natural(0)])]);
        Set(context, "Not", [unusual]);
    }

    private static void Clip(OnnxNodeContext context)
    {
        if (context.Input(1).Shape.Rank != 0 || context.Input(2).Shape.Rank != 0)
        {
            throw context.Fail("its limits are not scalars");
        }

        Set(context, "Clip", [context.Natural(0), context.Plain(1), context.Plain(2)]);
    }
}
