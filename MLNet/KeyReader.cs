using Microsoft.ML;

namespace MlTransfer.ML;

/// <summary>Reads key values of whatever width as numbers from 0; a missing value is −1.</summary>
internal static class KeyReader
{
    public static Func<int> Create(DataViewRow row, DataViewSchema.Column column)
    {
        var type = column.Type.RawType;
        return type == typeof(byte) ? Read<byte>(row, column, value => value)
            : type == typeof(ushort) ? Read<ushort>(row, column, value => value)
            : type == typeof(uint) ? Read<uint>(row, column, value => value)
            : Read<ulong>(row, column, value => value);
    }

    /// <summary>A key's raw value is 0 where it is missing, and one more than its place otherwise.</summary>
    private static Func<int> Read<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> widen)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return checked((int)widen(value) - 1);
        };
    }
}
