namespace MlTransfer.Trainers.Kernels;

/// <summary>How kernels want rows laid out in memory: columns filled up with zeros, and a stride that spreads rows over the cache.</summary>
internal static class PaddedRows
{
    /// <summary>Columns are filled up to a multiple of this: two of the widest registers.</summary>
    public const int ColumnMultiple = 32;

    private const int FloatsAPage = 1024;

    /// <summary>Columns with padding.</summary>
    public static int Columns(int columns) => checked(columns + ColumnMultiple - 1) / ColumnMultiple * ColumnMultiple;

    /// <summary>Distance between rows. Rows a whole number of pages apart would compete for the same few cache lines, so those get one more unit.</summary>
    public static int Stride(int columns)
    {
        var padded = Columns(columns);
        return padded % FloatsAPage == 0 ? padded + ColumnMultiple : padded;
    }
}
