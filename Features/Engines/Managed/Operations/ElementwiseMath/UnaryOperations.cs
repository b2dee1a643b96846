using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>Functions of one number, applied to every element.</summary>
internal static class UnaryOperations
{
    private const string Floats = "bfloat16, half, float, double";
    private const string SignedNumbers = Floats + ", int8, int16, int32, int64";
    private const string RealNumbers = SignedNumbers + ", uint8, uint16, uint32, uint64";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Number<NumberFunctions.Abs>("Abs", SignedNumbers),
        Number<NumberFunctions.Neg>("Neg", SignedNumbers),
        Number<NumberFunctions.Sign>("Sign", SignedNumbers),
        Number<NumberFunctions.Square>("Square", RealNumbers),
        Number<NumberFunctions.Round>("Round", SignedNumbers),
        Floating("Inv", x => 1 / x, x => 1 / x),
        Floating("Reciprocal", x => 1 / x, x => 1 / x),
        Floating("Sqrt", float.Sqrt, double.Sqrt),
        Floating("Rsqrt", ScalarFunctions.Rsqrt, ScalarFunctions.Rsqrt),
        Floating("Exp", float.Exp, double.Exp),
        Floating("Expm1", ScalarFunctions.Expm1, ScalarFunctions.Expm1),
        Floating("Log", float.Log, double.Log),
        Floating("Log1p", ScalarFunctions.Log1p, ScalarFunctions.Log1p),
        Floating("Sin", float.Sin, double.Sin),
        Floating("Cos", float.Cos, double.Cos),
        Floating("Tan", float.Tan, double.Tan),
        Floating("Asin", float.Asin, double.Asin),
        Floating("Acos", float.Acos, double.Acos),
        Floating("Atan", float.Atan, double.Atan),
        Floating("Sinh", float.Sinh, double.Sinh),
        Floating("Cosh", float.Cosh, double.Cosh),
        Floating("Tanh", float.Tanh, double.Tanh),
        Floating("Asinh", float.Asinh, double.Asinh),
        Floating("Acosh", float.Acosh, double.Acosh),
        Floating("Atanh", float.Atanh, double.Atanh),
        Floating("Sigmoid", ScalarFunctions.Sigmoid, ScalarFunctions.Sigmoid),
        Floating("Erf", x => (float)SpecialFunctions.Erf(x), SpecialFunctions.Erf),
        Floating("Erfc", x => (float)SpecialFunctions.Erfc(x), SpecialFunctions.Erfc),
        Floating("Lgamma", x => (float)SpecialFunctions.LogGamma(x), SpecialFunctions.LogGamma),
        Floating("Digamma", x => (float)SpecialFunctions.Digamma(x), SpecialFunctions.Digamma),
        Floating("Floor", float.Floor, double.Floor),
        Floating("Ceil", float.Ceiling, double.Ceiling),
        Floating("Rint", x => float.Round(x, MidpointRounding.ToEven), x => double.Round(x, MidpointRounding.ToEven)),
        Predicate("IsNan", double.IsNaN),
        Predicate("IsInf", double.IsInfinity),
        Predicate("IsFinite", double.IsFinite),
        .. Activations(),
    ];

    private static OperationDefinition[] Activations() =>
    [
        OperationDefinition.Define(
            "Relu(features: T) -> (activations: T)",
            [$"T: {{{RealNumbers}, qint8}}"],
            context => [ElementwiseKernels.Number<NumberFunctions.Relu>(context)]),
        OperationDefinition.Define(
            "Relu6(features: T) -> (activations: T)",
            [$"T: {{{RealNumbers}}}"],
            context => [ElementwiseKernels.Number<NumberFunctions.Relu6>(context)]),
        Activation("Elu", ScalarFunctions.Elu, ScalarFunctions.Elu),
        Activation("Selu", ScalarFunctions.Selu, ScalarFunctions.Selu),
        Activation("Softplus", ScalarFunctions.Softplus, ScalarFunctions.Softplus),
        Activation("Softsign", ScalarFunctions.Softsign, ScalarFunctions.Softsign),
        OperationDefinition.Define(
            "LeakyRelu(features: T) -> (activations: T)", ["alpha: float = 0.2", $"T: {{{Floats}}} = float"], LeakyRelu),
    ];

    private static Tensor[] LeakyRelu(OperationContext context)
    {
        var alpha = context.Float("alpha");
        return [ElementwiseKernels.Floating(context, x => x > 0 ? x : x * alpha, x => x > 0 ? x : x * alpha)];
    }

    private static OperationDefinition Number<TFunction>(string name, string types)
        where TFunction : INumberFunction => OperationDefinition.Define(
            $"{name}(x: T) -> (y: T)", [$"T: {{{types}}}"], context => [ElementwiseKernels.Number<TFunction>(context)]);

    private static OperationDefinition Floating(string name, Func<float, float> single, Func<double, double> wide) => OperationDefinition.Define(
        $"{name}(x: T) -> (y: T)", [$"T: {{{Floats}}}"], context => [ElementwiseKernels.Floating(context, single, wide)]);

    private static OperationDefinition Activation(string name, Func<float, float> single, Func<double, double> wide) => OperationDefinition.Define(
        $"{name}(features: T) -> (activations: T)", [$"T: {{{Floats}}}"], context => [ElementwiseKernels.Floating(context, single, wide)]);

    private static OperationDefinition Predicate(string name, Func<double, bool> predicate) => OperationDefinition.Define(
        $"{name}(x: T) -> (y: bool)", [$"T: {{{Floats}}}"], context => [ElementwiseKernels.Predicate(context, predicate)]);
}
