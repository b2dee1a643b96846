namespace MlTransfer.Trainers;

/// <summary>Some rows of a source, without a copy.</summary>
/// <param name="source">The source.</param>
/// <param name="rows">Its rows, in the order they have here.</param>
internal sealed class RowSubset(IFeatureSource source, int[] rows) : IFeatureSource
{
    public int Rows => rows.Length;

    public int Columns => source.Columns;

    public IReadOnlyList<string>? Names { get; } = source.Names is { } names ? [.. rows.Select(row => names[row])] : null;

    public bool IsInMemory => source.IsInMemory;

    /// <summary>The rows, in memory where the source is: a copy, which is read faster.</summary>
    public static IFeatureSource Of(IFeatureSource source, int[] rows) => source is FeatureMatrix matrix ? matrix.Select(rows) : new RowSubset(source, rows);

    public void CopyRow(int row, Span<float> target) => source.CopyRow(rows[row], target);

    /// <summary>Lets go of what lies between the first and the last of the rows, which is advice: rows of others in between are read anew.</summary>
    public void Release(int first, int count)
    {
        if (count > 0)
        {
            var (from, to) = (rows[first], rows[first + count - 1]);
            source.Release(Math.Min(from, to), Math.Abs(to - from) + 1);
        }
    }
}
