using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>Functions of two numbers, applied to every pair of broadcast elements.</summary>
internal static class BinaryOperations
{
    private const string Floats = "bfloat16, half, float, double";
    private const string Integers = "int8, int16, int32, int64, uint8, uint16, uint32, uint64";
    private const string Numbers = Floats + ", " + Integers;

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Add", Numbers + ", string", context => context.Inputs[0].Type == DataType.String ? Concatenate(context) : Add(context)),
        Define("AddV2", Numbers, Add),
        Define("Sub", Numbers, ElementwiseKernels.NumberPair<NumberPairFunctions.Sub>),
        Define("Mul", Numbers, ElementwiseKernels.NumberPair<NumberPairFunctions.Mul>),
        Define("Maximum", Numbers, ElementwiseKernels.NumberPair<NumberPairFunctions.Maximum>),
        Define("Minimum", Numbers, ElementwiseKernels.NumberPair<NumberPairFunctions.Minimum>),
        Define("SquaredDifference", Floats + ", int32, int64", ElementwiseKernels.NumberPair<NumberPairFunctions.SquaredDifference>),
        Divided<IntegerPairFunctions.Quotient>("Div", Numbers, (x, y) => x / y, (x, y) => x / y),
        Floating("RealDiv", (x, y) => x / y, (x, y) => x / y),
        Divided<IntegerPairFunctions.Quotient>("TruncateDiv", Numbers, ScalarFunctions.TruncateDiv, ScalarFunctions.TruncateDiv),
        Divided<IntegerPairFunctions.FloorDiv>("FloorDiv", Numbers, ScalarFunctions.FloorDiv, ScalarFunctions.FloorDiv),
        Divided<IntegerPairFunctions.FloorMod>("FloorMod", Numbers, ScalarFunctions.FloorMod, ScalarFunctions.FloorMod),
        Divided<IntegerPairFunctions.Remainder>("Mod", Floats + ", int32, int64", (x, y) => x % y, (x, y) => x % y),
        Divided<IntegerPairFunctions.Remainder>("TruncateMod", Floats + ", int32, int64", (x, y) => x % y, (x, y) => x % y),
        Divided<IntegerPairFunctions.Power>("Pow", Floats + ", int8, int16, int32, int64", float.Pow, double.Pow),
        Floating("DivNoNan", ScalarFunctions.DivNoNan, ScalarFunctions.DivNoNan),
        Floating("MulNoNan", ScalarFunctions.MulNoNan, ScalarFunctions.MulNoNan),
        Floating("Xdivy", ScalarFunctions.Xdivy, ScalarFunctions.Xdivy),
        Floating("Xlogy", ScalarFunctions.Xlogy, ScalarFunctions.Xlogy),
        Floating("Xlog1py", ScalarFunctions.Xlog1py, ScalarFunctions.Xlog1py),
        Floating("Atan2", float.Atan2, double.Atan2),
        OperationDefinition.Define(
            "ClipByValue(t: T, clip_value_min: T, clip_value_max: T) -> (output: T)",
            [$"T: {{{Floats}, int8, int16, int32, int64, uint8, uint16}}"],
            context => [ClipByValue(context)]),
    ];

    private static Tensor Add(OperationContext context) => ElementwiseKernels.NumberPair<NumberPairFunctions.Add>(context);

    private static Tensor Concatenate(OperationContext context) =>
        Broadcasting.Binary<byte[], byte[]>(context, DataType.String, context.Inputs[0], context.Inputs[1], (x, y) => [.. x, .. y]);

    /// <summary>max(min(t, upper), lower), where the bounds are scalars or have t's shape.</summary>
    private static Tensor ClipByValue(OperationContext context)
    {
        var t = context.Inputs[0];
        foreach (var bound in context.Inputs.Skip(1))
        {
            if (bound.Shape.Rank != 0 && bound.Shape != t.Shape)
            {
                throw context.Fail($"a bound has shape {bound.Shape}; a scalar or t's shape {t.Shape} is expected");
            }
        }

        var capped = ElementwiseKernels.NumberPair<NumberPairFunctions.Minimum>(context.WithInputs([t, context.Inputs[2]]));
        return ElementwiseKernels.NumberPair<NumberPairFunctions.Maximum>(context.WithInputs([capped, context.Inputs[1]]));
    }

    private static OperationDefinition Define(string name, string types, Func<OperationContext, Tensor> kernel) =>
        OperationDefinition.Define($"{name}(x: T, y: T) -> (z: T)", [$"T: {{{types}}}"], context => [kernel(context)]);

    private static OperationDefinition Floating(string name, Func<float, float, float> single, Func<double, double, double> wide) =>
        Define(name, Floats, context => ElementwiseKernels.FloatingPair(context, single, wide));

    private static OperationDefinition Divided<TInteger>(
        string name, string types, Func<float, float, float> single, Func<double, double, double> wide)
        where TInteger : IIntegerPairFunction => Define(
            name,
            types,
            context => WideElements.IsFloat(context.Inputs[0].Type)
                ? ElementwiseKernels.FloatingPair(context, single, wide)
                : ElementwiseKernels.IntegerPair<TInteger>(context));
}
