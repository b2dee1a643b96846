using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Turns the elements of an array into features (float32) or class numbers (int64), checking each.</summary>
internal static class FeatureNumbers
{
    /// <summary>The elements as float32, rounded to nearest; all must be finite.</summary>
    /// <param name="array">At least two dimensions, rows first.</param>
    /// <exception cref="InvalidDataException">No numbers, no rows, or a value that is not finite in float32.</exception>
    public static float[] ToFeatures(NpyArray array)
    {
        var shape = string.Join(", ", array.Shape);
        if (array.Shape.Count < 2 || array.Shape.Skip(1).Contains(0))
        {
            throw new InvalidDataException($"the features have shape ({shape}); (rows, numbers) or (rows, height, width, channels) was expected.");
        }

        var values = array.Descr[1..] switch
        {
            "f2" => Convert<Half>(array, value => (float)value),
            "f4" => array.AsSpan<float>().ToArray(),
            "f8" => Convert<double>(array, value => (float)value),
            "u1" => Convert<byte>(array, value => value),
            "i1" => Convert<sbyte>(array, value => value),
            "u2" => Convert<ushort>(array, value => value),
            "i2" => Convert<short>(array, value => value),
            "u4" => Convert<uint>(array, value => value),
            "i4" => Convert<int>(array, value => value),
            "u8" => Convert<ulong>(array, value => value),
            "i8" => Convert<long>(array, value => value),
            _ => throw new InvalidDataException($"the features are of type {array.Descr}; floats or whole numbers were expected."),
        };
        ThrowIfNotFinite(values, 0, array.Shape[0] == 0 ? 1 : values.Length / array.Shape[0]);
        return values;
    }

    /// <summary>The numbers of a matrix on the disk as float32; all must be finite.</summary>
    /// <exception cref="InvalidDataException">A value that is not finite in float32, or more of them than an array can hold.</exception>
    public static float[] ToFeatures(MappedNpyMatrix matrix)
    {
        if ((long)matrix.Rows * matrix.Columns > Array.MaxLength)
        {
            throw new InvalidDataException($"{matrix.Rows} rows of {matrix.Columns} numbers are more than fit into memory at once ({Array.MaxLength} numbers).");
        }

        var values = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.CopyRow(row, values.AsSpan(row * matrix.Columns, matrix.Columns));
            matrix.Release(row, 1);
        }

        ThrowIfNotFinite(values, 0, matrix.Columns);
        return values;
    }

    /// <summary>Checks the values of one row.</summary>
    /// <exception cref="InvalidDataException">One is not finite.</exception>
    public static void ThrowIfNotFinite(ReadOnlySpan<float> values, int row) => ThrowIfNotFinite(values, row, values.Length);

    /// <summary>The elements as class numbers, zero or more; floats must be whole.</summary>
    /// <exception cref="InvalidDataException">No numbers, or one that is no class; the message says in which row.</exception>
    public static long[] ToClasses(NpyArray array)
    {
        var values = array.Descr[1..] switch
        {
            "b1" or "u1" => Convert<byte, long>(array, (value, _) => value),
            "i1" => Convert<sbyte, long>(array, (value, _) => value),
            "u2" => Convert<ushort, long>(array, (value, _) => value),
            "i2" => Convert<short, long>(array, (value, _) => value),
            "u4" => Convert<uint, long>(array, (value, _) => value),
            "i4" => Convert<int, long>(array, (value, _) => value),
            "u8" => Convert<ulong, long>(array, (value, row) => value <= long.MaxValue ? (long)value : throw NoClass(value, row)),
            "i8" => array.AsSpan<long>().ToArray(),
            "f2" => Convert<Half, long>(array, (value, row) => ToClass((double)value, row)),
            "f4" => Convert<float, long>(array, (value, row) => ToClass(value, row)),
            "f8" => Convert<double, long>(array, ToClass),
            _ => throw new InvalidDataException($"the labels are of type {array.Descr}; whole numbers or texts were expected."),
        };
        var fault = Array.FindIndex(values, value => value < 0);
        return fault < 0 ? values : throw NoClass(values[fault], fault);
    }

    /// <summary>A float as a class number.</summary>
    /// <exception cref="InvalidDataException">Not whole, or out of range.</exception>
    public static long ToClass(double value, int row) => value >= 0 && value < 1L << 53 && Math.Floor(value) == value ? (long)value : throw NoClass(value, row);

    /// <summary>The error for a label that is no class.</summary>
    public static InvalidDataException NoClass(object value, int row) => new(FormattableString.Invariant($"the label of row {row} is {value}; a whole number of 0 or more was expected."));

    private static void ThrowIfNotFinite(ReadOnlySpan<float> values, int firstRow, int dimension)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new InvalidDataException($"the features have {values[i]} in row {firstRow + (i / dimension)}, column {i % dimension}; finite numbers (in float32) were expected.");
            }
        }
    }

    private static float[] Convert<T>(NpyArray array, Func<T, float> convert)
        where T : unmanaged => Convert<T, float>(array, (value, _) => convert(value));

    private static TResult[] Convert<T, TResult>(NpyArray array, Func<T, int, TResult> convert)
        where T : unmanaged
    {
        var source = array.AsSpan<T>();
        var values = new TResult[source.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = convert(source[i], i);
        }

        return values;
    }
}
