using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML;

/// <summary>The names that a key column's values stand for.</summary>
internal static class KeyNames
{
    /// <summary>Name of ML.NET's annotation.</summary>
    public const string Annotation = "KeyValues";

    /// <summary>One name a value, from the column's <c>KeyValues</c> as text in the invariant culture; where there are none, "0", "1" … as many as the key has values.</summary>
    /// <param name="column">A column of a key type with a known number of values.</param>
    public static string[] Of(DataViewSchema.Column column)
    {
        var count = (int)((KeyDataViewType)column.Type).Count;
        return ValuesOf(column) ?? [.. Enumerable.Range(0, count).Select(index => Text(index))];
    }

    /// <summary>The type of the column's key values, of whatever item type; null where there are none.</summary>
    public static VectorDataViewType? TypeOf(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(Annotation)?.Type as VectorDataViewType;

    private static string[]? ValuesOf(DataViewSchema.Column column)
    {
        var type = TypeOf(column)?.ItemType.RawType;
        return type == typeof(ReadOnlyMemory<char>) ? Read<ReadOnlyMemory<char>>(column)
            : type == typeof(float) ? Read<float>(column)
            : type == typeof(double) ? Read<double>(column)
            : type == typeof(bool) ? Read<bool>(column)
            : type == typeof(sbyte) ? Read<sbyte>(column)
            : type == typeof(byte) ? Read<byte>(column)
            : type == typeof(short) ? Read<short>(column)
            : type == typeof(ushort) ? Read<ushort>(column)
            : type == typeof(int) ? Read<int>(column)
            : type == typeof(uint) ? Read<uint>(column)
            : type == typeof(long) ? Read<long>(column)
            : type == typeof(ulong) ? Read<ulong>(column)
            : null;
    }

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => Text(value!))];
    }

    private static string Text(object value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
