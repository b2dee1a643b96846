using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Reductions;

/// <summary>Sums, means, products, extremes and logical folds over chosen dimensions.</summary>
/// <remarks>Floats are folded in double and rounded once; integers wrap as in their own type, but a mean is taken in 64 bits and truncated.</remarks>
internal static class ReductionOperations
{
    private const string Numbers =
        "bfloat16, half, float, double, int8, int16, int32, int64, uint8, uint16, uint32, uint64";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Sum", context => [Sum(context)]),
        Define("Mean", context => [Mean(context)]),
        Define("Prod", context => [Prod(context)]),
        Define("Max", context => [Max(context)]),
        Define("Min", context => [Min(context)]),
        Define("EuclideanNorm", context => [EuclideanNorm(context)]),
        DefineLogical("All", context => Logical(context, true, (all, value) => all & value)),
        DefineLogical("Any", context => Logical(context, false, (any, value) => any | value)),
    ];

    private static Tensor Sum(OperationContext context) => WideElements.IsFloat(context.Inputs[0].Type)
        ? Fold<double>(context, 0, (sum, value) => sum + value)
        : Fold<long>(context, 0, (sum, value) => sum + value);

    private static Tensor Prod(OperationContext context) => WideElements.IsFloat(context.Inputs[0].Type)
        ? Fold<double>(context, 1, (product, value) => product * value)
        : Fold<long>(context, 1, (product, value) => product * value);

    private static Tensor Mean(OperationContext context)
    {
        var dimensions = new ReducedDimensions(context);
        var x = context.Inputs[0];
        if (WideElements.IsFloat(x.Type))
        {
            var sums = dimensions.Fold<double, double>(WideElements.Read<double>(x), 0, (sum, value) => sum + value);
            return WideElements.Write(x.Type, dimensions.Output, Array.ConvertAll(sums, sum => sum / dimensions.Folded));
        }

        if (dimensions.Folded == 0 && dimensions.Output.Count > 0)
        {
            throw context.Fail($"the mean of no integers is not defined: the input has shape {x.Shape}");
        }

        return x.Type == DataType.UInt64 ? IntegerMean<ulong>(x, dimensions) : IntegerMean<long>(x, dimensions);
    }

    private static Tensor Max(OperationContext context) => context.Inputs[0].Type switch
    {
        DataType.UInt64 => Fold(context, ulong.MinValue, Math.Max),
        var type when WideElements.IsFloat(type) => Fold(context, double.NegativeInfinity, Math.Max),
        var type => Fold(context, LowestAndHighest(type).Lowest, Math.Max),
    };

    private static Tensor Min(OperationContext context) => context.Inputs[0].Type switch
    {
        DataType.UInt64 => Fold(context, ulong.MaxValue, Math.Min),
        var type when WideElements.IsFloat(type) => Fold(context, double.PositiveInfinity, Math.Min),
        var type => Fold(context, LowestAndHighest(type).Highest, Math.Min),
    };

    private static Tensor EuclideanNorm(OperationContext context)
    {
        var dimensions = new ReducedDimensions(context);
        var x = context.Inputs[0];
        var squares = dimensions.Fold<double, double>(WideElements.Read<double>(x), 0, (sum, value) => sum + (value * value));
        return WideElements.Write(x.Type, dimensions.Output, Array.ConvertAll(squares, Math.Sqrt));
    }

    private static Tensor Logical(OperationContext context, bool start, Func<bool, bool, bool> fold)
    {
        var dimensions = new ReducedDimensions(context);
        return Tensor.From(dimensions.Output, dimensions.Fold<bool, bool>(context.Inputs[0].AsSpan<bool>(), start, fold));
    }

    private static Tensor Fold<TWide>(OperationContext context, TWide start, Func<TWide, TWide, TWide> fold)
        where TWide : struct, INumber<TWide>
    {
        var dimensions = new ReducedDimensions(context);
        var x = context.Inputs[0];
        return WideElements.Write(x.Type, dimensions.Output, dimensions.Fold(WideElements.Read<TWide>(x), start, fold));
    }

    private static Tensor IntegerMean<TWide>(Tensor x, ReducedDimensions dimensions)
        where TWide : struct, INumber<TWide>
    {
        var sums = dimensions.Fold<TWide, TWide>(WideElements.Read<TWide>(x), TWide.Zero, (sum, value) => sum + value);
        return WideElements.Write(x.Type, dimensions.Output, Array.ConvertAll(sums, sum => sum / TWide.CreateTruncating(dimensions.Folded)));
    }

    /// <summary>The range of an integer type, which its empty maximum and minimum are.</summary>
    private static (long Lowest, long Highest) LowestAndHighest(DataType type) => type switch
    {
        DataType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DataType.UInt8 => (byte.MinValue, byte.MaxValue),
        DataType.Int16 => (short.MinValue, short.MaxValue),
        DataType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        DataType.Int32 => (int.MinValue, int.MaxValue),
        DataType.UInt32 => (uint.MinValue, uint.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    private static OperationDefinition Define(string name, OperationKernel kernel) => OperationDefinition.Define(
        $"{name}(input: T, reduction_indices: Tidx) -> (output: T)",
        ["keep_dims: bool = false", $"T: {{{Numbers}}}", "Tidx: {int32, int64} = int32"],
        kernel);

    private static OperationDefinition DefineLogical(string name, Func<OperationContext, Tensor> kernel) => OperationDefinition.Define(
        $"{name}(input: bool, reduction_indices: Tidx) -> (output: bool)",
        ["keep_dims: bool = false", "Tidx: {int32, int64} = int32"],
        context => [kernel(context)]);
}
