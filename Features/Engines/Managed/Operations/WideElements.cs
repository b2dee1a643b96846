using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>
/// Elements read into the type in which the plain kernels take their sums, and rounded or truncated back once at the end: double for
/// floats (so that a reference sum is far more exact than any float kernel tested against it), long for integers (whose low bits are those
/// of the narrow type's own wrapping arithmetic).
/// </summary>
internal static class WideElements
{
    /// <summary>Whether the type is one of the floats.</summary>
    public static bool IsFloat(DataType type) => type is DataType.Float32 or DataType.Float64 or DataType.Half or DataType.BFloat16;

    /// <summary>All elements of a tensor of numbers as <typeparamref name="TWide"/>.</summary>
    public static TWide[] Read<TWide>(Tensor tensor)
        where TWide : struct, INumber<TWide> => tensor.Type switch
        {
            DataType.Float32 => Convert<float, TWide>(tensor.AsSpan<float>()),
            DataType.Float64 => Convert<double, TWide>(tensor.AsSpan<double>()),
            DataType.Half => Convert<Half, TWide>(tensor.AsSpan<Half>()),
            DataType.BFloat16 => ConvertBFloat16<TWide>(tensor.AsSpan<ushort>()),
            DataType.Int8 or DataType.QInt8 => Convert<sbyte, TWide>(tensor.AsSpan<sbyte>()),
            DataType.UInt8 or DataType.QUInt8 => Convert<byte, TWide>(tensor.AsSpan<byte>()),
            DataType.Int16 or DataType.QInt16 => Convert<short, TWide>(tensor.AsSpan<short>()),
            DataType.UInt16 or DataType.QUInt16 => Convert<ushort, TWide>(tensor.AsSpan<ushort>()),
            DataType.Int32 or DataType.QInt32 => Convert<int, TWide>(tensor.AsSpan<int>()),
            DataType.UInt32 => Convert<uint, TWide>(tensor.AsSpan<uint>()),
            DataType.Int64 => Convert<long, TWide>(tensor.AsSpan<long>()),
            DataType.UInt64 => Convert<ulong, TWide>(tensor.AsSpan<ulong>()),
            _ => throw new NotSupportedException($"{Tensor.NameOf(tensor.Type)} is not a type of numbers."),
        };

    /// <summary>A tensor of wide elements rounded (floats) or truncated to their low bits (integers).</summary>
    public static Tensor Write<TWide>(DataType type, TensorShape shape, TWide[] values)
        where TWide : struct, INumber<TWide>
    {
        Array narrow = type switch
        {
            DataType.Float32 => Convert<TWide, float>(values),
            DataType.Float64 => Convert<TWide, double>(values),
            DataType.Half => Convert<TWide, Half>(values),
            DataType.BFloat16 => Array.ConvertAll(values, value => BFloat16Conversion.FromFloat(float.CreateTruncating(value))),
            DataType.Int8 or DataType.QInt8 => Convert<TWide, sbyte>(values),
            DataType.UInt8 or DataType.QUInt8 => Convert<TWide, byte>(values),
            DataType.Int16 or DataType.QInt16 => Convert<TWide, short>(values),
            DataType.UInt16 or DataType.QUInt16 => Convert<TWide, ushort>(values),
            DataType.Int32 or DataType.QInt32 => Convert<TWide, int>(values),
            DataType.UInt32 => Convert<TWide, uint>(values),
            DataType.Int64 => Convert<TWide, long>(values),
            DataType.UInt64 => Convert<TWide, ulong>(values),
            _ => throw new NotSupportedException($"{Tensor.NameOf(type)} is not a type of numbers."),
        };
        return Tensor.From(type, shape, narrow);
    }

    /// <summary>sum[i] += factor · row[i] for every i: the inner step of every plain matrix product and convolution.</summary>
    /// <remarks>Each element is one multiplication and one addition, so the vector width does not change a bit of the result.</remarks>
    public static void AddScaled<TWide>(Span<TWide> sum, ReadOnlySpan<TWide> row, TWide factor)
        where TWide : struct, INumber<TWide>
    {
        var scale = new Vector<TWide>(factor);
        var i = 0;
        for (; i <= sum.Length - Vector<TWide>.Count; i += Vector<TWide>.Count)
        {
            var target = sum[i..];
            (new Vector<TWide>(target) + (new Vector<TWide>(row[i..]) * scale)).CopyTo(target);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] += row[i] * factor;
        }
    }

    private static TTo[] Convert<TFrom, TTo>(ReadOnlySpan<TFrom> values)
        where TFrom : struct, INumber<TFrom>
        where TTo : struct, INumber<TTo>
    {
        var result = new TTo[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = TTo.CreateTruncating(values[i]);
        }

        return result;
    }

    private static TTo[] ConvertBFloat16<TTo>(ReadOnlySpan<ushort> values)
        where TTo : struct, INumber<TTo>
    {
        var result = new TTo[values.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = TTo.CreateTruncating(BFloat16Conversion.ToFloat(values[i]));
        }

        return result;
    }
}
