namespace MlTransfer.Trainers.Selection;

/// <summary>Some rows of a source, without a copy.</summary>
/// <param name="source">The source.</param>
/// <param name="rows">Its rows, in the order they have here.</param>
internal sealed class RowSubset(IFeatureSource source, int[] rows) : IFeatureSource
{
    public int Rows => rows.Length;

    public int Columns => source.Columns;

    public IReadOnlyList<string>? Names { get; } = source.Names is { } names ? [.. rows.Select(row => names[row])] : null;

    public void CopyRow(int row, Span<float> target) => source.CopyRow(rows[row], target);
}
