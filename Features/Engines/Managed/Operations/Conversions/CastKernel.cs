using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Conversions;

/// <summary>Cast between number types as TensorFlow's CPU kernels do it.</summary>
/// <remarks>
/// Integer to integer wraps; integer to float rounds to nearest even; float to integer cuts toward zero, and what does not fit gives what
/// x86 gives (the lowest int32 or int64, of which a narrower type takes the low bits); anything to bool is "not zero".
/// Source: core/kernels/cast_op.h.
/// </remarks>
internal static class CastKernel
{
    public static Tensor[] Run(OperationContext context)
    {
        var input = context.Inputs[0];
        var target = context.Type("DstT");
        if (input.Type == target)
        {
            return [input];
        }

        if (context.Bool("Truncate"))
        {
            input = TruncateMantissa(input, target);
        }

        return
        [
            input.Type switch
            {
                DataType.Float32 => FromFloat<float>(context, input, target),
                DataType.Float64 => FromFloat<double>(context, input, target),
                DataType.Half => FromFloat<Half>(context, input, target),
                DataType.BFloat16 => target == DataType.Float32 ? BFloat16Conversion.ToFloat(input) : FromFloat<float>(context, BFloat16Conversion.ToFloat(input), target),
                DataType.Bool => FromInteger<byte>(context, Tensor.From(input.Shape, Array.ConvertAll(input.AsSpan<bool>().ToArray(), value => (byte)(value ? 1 : 0))), target),
                DataType.Int8 => FromInteger<sbyte>(context, input, target),
                DataType.UInt8 => FromInteger<byte>(context, input, target),
                DataType.Int16 => FromInteger<short>(context, input, target),
                DataType.UInt16 => FromInteger<ushort>(context, input, target),
                DataType.Int32 => FromInteger<int>(context, input, target),
                DataType.UInt32 => FromInteger<uint>(context, input, target),
                DataType.Int64 => FromInteger<long>(context, input, target),
                DataType.UInt64 => FromInteger<ulong>(context, input, target),
                _ => throw Unsupported(context, input.Type, target),
            },
        ];
    }

    private static Tensor FromInteger<T>(OperationContext context, Tensor input, DataType target)
        where T : unmanaged, INumber<T> => target switch
        {
            DataType.Float32 => Map<T, float>(input, target, float.CreateTruncating),
            DataType.Float64 => Map<T, double>(input, target, double.CreateTruncating),
            DataType.Half => Map<T, Half>(input, target, value => (Half)float.CreateTruncating(value)),
            DataType.BFloat16 => Map<T, ushort>(input, target, value => BFloat16Conversion.FromFloat(float.CreateTruncating(value))),
            DataType.Bool => Map<T, bool>(input, target, value => value != T.Zero),
            DataType.Int8 => Map<T, sbyte>(input, target, sbyte.CreateTruncating),
            DataType.UInt8 => Map<T, byte>(input, target, byte.CreateTruncating),
            DataType.Int16 => Map<T, short>(input, target, short.CreateTruncating),
            DataType.UInt16 => Map<T, ushort>(input, target, ushort.CreateTruncating),
            DataType.Int32 => Map<T, int>(input, target, int.CreateTruncating),
            DataType.UInt32 => Map<T, uint>(input, target, uint.CreateTruncating),
            DataType.Int64 => Map<T, long>(input, target, long.CreateTruncating),
            DataType.UInt64 => Map<T, ulong>(input, target, ulong.CreateTruncating),
            _ => throw Unsupported(context, input.Type, target),
        };

    private static Tensor FromFloat<T>(OperationContext context, Tensor input, DataType target)
        where T : unmanaged, INumber<T> => target switch
        {
            DataType.Float32 => Map<T, float>(input, target, float.CreateTruncating),
            DataType.Float64 => Map<T, double>(input, target, double.CreateTruncating),

            // A double passes through float on its way to 16 bits, and is rounded twice.
            DataType.Half => Map<T, Half>(input, target, value => (Half)float.CreateTruncating(value)),
            DataType.BFloat16 => Map<T, ushort>(input, target, value => BFloat16Conversion.FromFloat(float.CreateTruncating(value))),
            DataType.Bool => Map<T, bool>(input, target, value => value != T.Zero),
            DataType.Int8 => Map<T, sbyte>(input, target, value => unchecked((sbyte)ToInt32(double.CreateTruncating(value)))),
            DataType.UInt8 => Map<T, byte>(input, target, value => unchecked((byte)ToInt32(double.CreateTruncating(value)))),
            DataType.Int16 => Map<T, short>(input, target, value => unchecked((short)ToInt32(double.CreateTruncating(value)))),
            DataType.UInt16 => Map<T, ushort>(input, target, value => unchecked((ushort)ToInt32(double.CreateTruncating(value)))),
            DataType.Int32 => Map<T, int>(input, target, value => ToInt32(double.CreateTruncating(value))),
            DataType.UInt32 => Map<T, uint>(input, target, value => unchecked((uint)ToInt64(double.CreateTruncating(value)))),
            DataType.Int64 => Map<T, long>(input, target, value => ToInt64(double.CreateTruncating(value))),
            DataType.UInt64 => Map<T, ulong>(input, target, value => ToUInt64(double.CreateTruncating(value))),
            _ => throw Unsupported(context, input.Type, target),
        };

    private static int ToInt32(double value) => value is > -2147483649.0 and < 2147483648.0 ? (int)value : int.MinValue;

    private static long ToInt64(double value) => value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;

    private static ulong ToUInt64(double value) => value < 9223372036854775808.0
        ? unchecked((ulong)ToInt64(value))
        : unchecked((ulong)ToInt64(value - 9223372036854775808.0)) ^ 0x8000000000000000;

    private static Tensor Map<T, TResult>(Tensor input, DataType type, Func<T, TResult> convert)
        where T : unmanaged
        where TResult : unmanaged
    {
        var result = Tensor.Zeros(type, input.Shape);
        var source = input.AsSpan<T>();
        var target = result.AsSpan<TResult>();
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = convert(source[i]);
        }

        return result;
    }

    /// <summary>With attribute Truncate the bits that a smaller float has no room for are cleared first, so that rounding cuts.</summary>
    private static Tensor TruncateMantissa(Tensor input, DataType target)
    {
        var surplus = MantissaBits(input.Type) - MantissaBits(target);
        if (MantissaBits(input.Type) == 0 || MantissaBits(target) == 0 || surplus <= 0)
        {
            return input;
        }

        return input.Type switch
        {
            DataType.Float64 => Map<double, double>(input, input.Type, value => BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) & (ulong.MaxValue << surplus))),
            DataType.Float32 => Map<float, float>(input, input.Type, value => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & (uint.MaxValue << surplus))),
            _ => Map<Half, Half>(input, input.Type, value => BitConverter.UInt16BitsToHalf((ushort)(BitConverter.HalfToUInt16Bits(value) & (ushort.MaxValue << surplus)))),
        };
    }

    private static int MantissaBits(DataType type) => type switch
    {
        DataType.Float64 => 52,
        DataType.Float32 => 23,
        DataType.Half => 10,
        DataType.BFloat16 => 7,
        _ => 0,
    };

    private static OperationException Unsupported(OperationContext context, DataType source, DataType target) =>
        context.Fail($"{Tensor.NameOf(source)} can not be cast to {Tensor.NameOf(target)}");
}
