using Microsoft.ML;

namespace MlTransfer.ML.Extraction;

/// <summary>Data with a features column, computed as cursors walk.</summary>
internal sealed class BottleneckFeaturesView(BottleneckFeaturesTransformer transformer, FeaturesBinding binding, IDataView input) : IDataView
{
    /// <inheritdoc/>
    public bool CanShuffle => input.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema => binding.Output;

    /// <inheritdoc/>
    public long? GetRowCount() => input.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var (passed, needed, hasFeatures) = Split(columnsNeeded);
        return Wrap(input.GetRowCursor(needed, rand), passed, hasFeatures, GetRowCount());
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var (passed, needed, hasFeatures) = Split(columnsNeeded);
        var cursors = input.GetRowCursorSet(needed, n, rand);
        return Array.ConvertAll(cursors, cursor => Wrap(cursor, passed, hasFeatures, cursors.Length == 1 ? GetRowCount() : null));
    }

    private (DataViewSchema.Column[] Passed, DataViewSchema.Column[] Needed, bool HasFeatures) Split(IEnumerable<DataViewSchema.Column> columns)
    {
        var asked = columns.ToArray();
        var passed = binding.InputColumns(asked).ToArray();
        var hasFeatures = Array.Exists(asked, column => column.Index == binding.FeaturesIndex);
        return (passed, hasFeatures ? [.. passed.Concat(binding.Dependencies).DistinctBy(column => column.Index)] : passed, hasFeatures);
    }

    private DataViewRowCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] passed, bool hasFeatures, long? totalRows) =>
        hasFeatures ? new LookAheadCursor(transformer, binding, cursor, passed, totalRows) : new PassingCursor(binding, cursor);
}
