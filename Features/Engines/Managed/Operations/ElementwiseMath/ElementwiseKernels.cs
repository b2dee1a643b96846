using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;

/// <summary>Applies functions of numbers to whole tensors, whatever their element type. Half and bfloat16 are computed as float and rounded.</summary>
internal static class ElementwiseKernels
{
    /// <summary>A function of a float.</summary>
    public static Tensor Floating(OperationContext context, Func<float, float> single, Func<double, double> wide)
    {
        var x = context.Inputs[0];
        return x.Type switch
        {
            DataType.Float32 => Map(x, single),
            DataType.Float64 => Map(x, wide),
            DataType.Half => Map<Half, Half>(x, value => (Half)single((float)value)),
            DataType.BFloat16 => Map<ushort, ushort>(x, bits => BFloat16Conversion.FromFloat(single(BFloat16Conversion.ToFloat(bits)))),
            _ => throw Unsupported(context, x.Type),
        };
    }

    /// <summary>A function of any number.</summary>
    public static Tensor Number<TFunction>(OperationContext context)
        where TFunction : INumberFunction
    {
        var x = context.Inputs[0];
        return x.Type switch
        {
            DataType.Int8 => Map<sbyte, sbyte>(x, value => TFunction.Apply(value)),
            DataType.UInt8 => Map<byte, byte>(x, value => TFunction.Apply(value)),
            DataType.Int16 => Map<short, short>(x, value => TFunction.Apply(value)),
            DataType.UInt16 => Map<ushort, ushort>(x, value => TFunction.Apply(value)),
            DataType.Int32 => Map<int, int>(x, value => TFunction.Apply(value)),
            DataType.UInt32 => Map<uint, uint>(x, value => TFunction.Apply(value)),
            DataType.Int64 => Map<long, long>(x, value => TFunction.Apply(value)),
            DataType.UInt64 => Map<ulong, ulong>(x, value => TFunction.Apply(value)),
            DataType.QInt8 => Map<sbyte, sbyte>(x, value => TFunction.Apply(value)),
            _ => Floating(context, value => TFunction.Apply(value), value => TFunction.Apply(value)),
        };
    }

    /// <summary>A yes-or-no question about a float.</summary>
    public static Tensor Predicate(OperationContext context, Func<double, bool> predicate)
    {
        var values = WideElements.Read<double>(context.Inputs[0]);
        return Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(values, value => predicate(value)));
    }

    /// <summary>A function of two floats, broadcast.</summary>
    public static Tensor FloatingPair(OperationContext context, Func<float, float, float> single, Func<double, double, double> wide)
    {
        var (x, y) = (context.Inputs[0], context.Inputs[1]);
        return x.Type switch
        {
            DataType.Float32 => Broadcasting.Binary(context, x.Type, x, y, single),
            DataType.Float64 => Broadcasting.Binary(context, x.Type, x, y, wide),
            DataType.Half => Broadcasting.Binary<Half, Half>(context, x.Type, x, y, (a, b) => (Half)single((float)a, (float)b)),
            DataType.BFloat16 => Broadcasting.Binary<ushort, ushort>(
                context, x.Type, x, y, (a, b) => BFloat16Conversion.FromFloat(single(BFloat16Conversion.ToFloat(a), BFloat16Conversion.ToFloat(b)))),
            _ => throw Unsupported(context, x.Type),
        };
    }

    /// <summary>A function of two numbers of any type, broadcast.</summary>
    public static Tensor NumberPair<TFunction>(OperationContext context)
        where TFunction : INumberPairFunction => context.Inputs[0].Type switch
        {
            DataType.Int8 => Pair<sbyte, TFunction>(context),
            DataType.UInt8 => Pair<byte, TFunction>(context),
            DataType.Int16 => Pair<short, TFunction>(context),
            DataType.UInt16 => Pair<ushort, TFunction>(context),
            DataType.Int32 => Pair<int, TFunction>(context),
            DataType.UInt32 => Pair<uint, TFunction>(context),
            DataType.Int64 => Pair<long, TFunction>(context),
            DataType.UInt64 => Pair<ulong, TFunction>(context),
            _ => FloatingPair(context, (a, b) => TFunction.Apply(a, b), (a, b) => TFunction.Apply(a, b)),
        };

    /// <summary>A function of two integers, broadcast, refused where a second argument has none.</summary>
    public static Tensor IntegerPair<TFunction>(OperationContext context)
        where TFunction : IIntegerPairFunction => context.Inputs[0].Type switch
        {
            DataType.Int8 => CheckedPair<sbyte, TFunction>(context),
            DataType.UInt8 => CheckedPair<byte, TFunction>(context),
            DataType.Int16 => CheckedPair<short, TFunction>(context),
            DataType.UInt16 => CheckedPair<ushort, TFunction>(context),
            DataType.Int32 => CheckedPair<int, TFunction>(context),
            DataType.UInt32 => CheckedPair<uint, TFunction>(context),
            DataType.Int64 => CheckedPair<long, TFunction>(context),
            DataType.UInt64 => CheckedPair<ulong, TFunction>(context),
            _ => throw Unsupported(context, context.Inputs[0].Type),
        };

    /// <summary>Applies a function to every element; the type stays.</summary>
    private static Tensor Map<T, TResult>(Tensor x, Func<T, TResult> function)
    {
        var result = Tensor.Zeros(x.Type, x.Shape);
        var source = x.AsSpan<T>();
        var target = result.AsSpan<TResult>();
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = function(source[i]);
        }

        return result;
    }

    private static Tensor Pair<T, TFunction>(OperationContext context)
        where T : INumber<T>
        where TFunction : INumberPairFunction =>
        Broadcasting.Binary<T, T>(context, context.Inputs[0].Type, context.Inputs[0], context.Inputs[1], (a, b) => TFunction.Apply(a, b));

    private static Tensor CheckedPair<T, TFunction>(OperationContext context)
        where T : IBinaryInteger<T>
        where TFunction : IIntegerPairFunction
    {
        var (x, y) = (context.Inputs[0], context.Inputs[1]);
        return Broadcasting.Binary<T, T>(
            context, x.Type, x, y, (a, b) => TFunction.Fault(b) is { } fault ? throw context.Fail(fault) : TFunction.Apply(a, b));
    }

    private static OperationException Unsupported(OperationContext context, DataType type) =>
        context.Fail($"there is no kernel for elements of type {Tensor.NameOf(type)}");
}
