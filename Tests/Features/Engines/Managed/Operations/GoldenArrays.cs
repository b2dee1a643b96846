using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>NumPy's arrays as tensors, and how two of them differ.</summary>
internal static class GoldenArrays
{
    /// <summary>A stored array as a tensor of the same type.</summary>
    public static Tensor ToTensor(NpyArray array)
    {
        var shape = new TensorShape([.. array.Shape]);
        return array.Descr[1..] switch
        {
            "f4" => Tensor.From(shape, array.AsSpan<float>().ToArray()),
            "f8" => Tensor.From(shape, array.AsSpan<double>().ToArray()),
            "f2" => Tensor.From(shape, array.AsSpan<Half>().ToArray()),
            "b1" => Tensor.From(shape, array.AsSpan<bool>().ToArray()),
            "u1" => Tensor.From(shape, array.AsSpan<byte>().ToArray()),
            "i1" => Tensor.From(shape, array.AsSpan<sbyte>().ToArray()),
            "u2" => Tensor.From(shape, array.AsSpan<ushort>().ToArray()),
            "i2" => Tensor.From(shape, array.AsSpan<short>().ToArray()),
            "u4" => Tensor.From(shape, array.AsSpan<uint>().ToArray()),
            "i4" => Tensor.From(shape, array.AsSpan<int>().ToArray()),
            "u8" => Tensor.From(shape, array.AsSpan<ulong>().ToArray()),
            "i8" => Tensor.From(shape, array.AsSpan<long>().ToArray()),
            _ => throw new NotSupportedException($"Arrays of {array.Descr} are not read."),
        };
    }

    /// <summary>What is wrong with a result, or null. Accepts |got − want| ≤ atol + rtol · |want|; both 0 asks for equal values (−0 equals 0, NaN equals NaN).</summary>
    public static string? Compare(Tensor got, NpyArray wanted, double relative, double absolute)
    {
        var want = ToTensor(wanted);
        if (StoredType(got.Type) != want.Type || got.Shape != want.Shape)
        {
            return $"got {got.Type} {got.Shape}, wanted {want.Type} {want.Shape}";
        }

        var worst = 0.0;
        string? message = null;
        for (var i = 0; i < got.Count; i++)
        {
            var (a, b) = (ToDouble(got.Storage.GetValue(i)!), ToDouble(want.Storage.GetValue(i)!));
            var error = Math.Abs(a - b) - absolute - (relative * Math.Abs(b));
            var exact = absolute == 0 && relative == 0;
            var same = a.Equals(b) && SameInteger(got, want, i);
            var near = double.IsFinite(a) && double.IsFinite(b) && !exact && error <= 0 && (IsFloat(got.Type) || absolute >= 1);
            var accepted = same || near;
            if (!accepted && (message is null || error > worst))
            {
                worst = error;
                message = $"element {i}: got {a:R}, wanted {b:R} (rtol {relative}, atol {absolute})";
            }
        }

        return message;
    }

    private static bool SameInteger(Tensor got, Tensor want, int i) => got.Storage switch
    {
        long[] values => values[i] == ((long[])want.Storage)[i],
        ulong[] values => values[i] == ((ulong[])want.Storage)[i],
        _ => true,
    };

    private static bool IsFloat(DataType type) => type is DataType.Float32 or DataType.Float64 or DataType.Half or DataType.BFloat16;

    private static DataType StoredType(DataType type) => type switch
    {
        DataType.QUInt8 => DataType.UInt8,
        DataType.QInt8 => DataType.Int8,
        DataType.QInt32 => DataType.Int32,
        DataType.QInt16 => DataType.Int16,
        DataType.QUInt16 => DataType.UInt16,
        _ => type,
    };

    private static double ToDouble(object value) => value switch
    {
        Half half => (double)half,
        bool truth => truth ? 1 : 0,
        _ => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
    };
}
