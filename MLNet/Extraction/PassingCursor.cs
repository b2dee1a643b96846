using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>A cursor of data with a features column that was not asked for: the input's, under the new schema.</summary>
internal sealed class PassingCursor(FeaturesBinding binding, DataViewRowCursor input) : DataViewRowCursor
{
    /// <inheritdoc/>
    public override DataViewSchema Schema => binding.Output;

    /// <inheritdoc/>
    public override long Position => input.Position;

    /// <inheritdoc/>
    public override long Batch => input.Batch;

    /// <inheritdoc/>
    public override bool MoveNext() => input.MoveNext();

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) =>
        column.Index != binding.FeaturesIndex && input.IsColumnActive(binding.Input[column.Index]);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        column.Index == binding.FeaturesIndex ? throw FeaturesBinding.NotActive(column) : input.GetGetter<TValue>(binding.Input[column.Index]);

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
