using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Tests;

/// <summary>Data that really gives as many cursors as are asked for: the nth takes every nth row.</summary>
internal sealed class ManyCursors(IDataView data) : IDataView
{
    public bool CanShuffle => data.CanShuffle;

    public DataViewSchema Schema => data.Schema;

    public long? GetRowCount() => data.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => data.GetRowCursor(columnsNeeded, rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        return [.. Enumerable.Range(0, n).Select(number => new Part(data.GetRowCursor(columns), number, n))];
    }

    private sealed class Part(DataViewRowCursor all, int number, int parts) : DataViewRowCursor
    {
        public override long Position => all.Position / parts;

        public override long Batch => number;

        public override DataViewSchema Schema => all.Schema;

        public override bool MoveNext()
        {
            while (all.MoveNext())
            {
                if (all.Position % parts == number)
                {
                    return true;
                }
            }

            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => all.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => all.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => all.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                all.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
