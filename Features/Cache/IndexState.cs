using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>What the records of an index add up to.</summary>
internal sealed class IndexState
{
    private readonly List<RowInfo?> _rows = [];
    private readonly Dictionary<ContentHash, int> _byHash = [];
    private readonly Dictionary<string, (string Label, int Row)> _paths = new(StringComparer.Ordinal);
    private bool _hasStalePaths;

    /// <summary>Rows of the matrix, those no longer used included.</summary>
    public int RowCount => _rows.Count;

    public IReadOnlyDictionary<string, (string Label, int Row)> Paths
    {
        get
        {
            RemoveStalePaths();
            return _paths;
        }
    }

    /// <summary>What is known of a row; null when it is not to be used.</summary>
    public RowInfo? Row(int row) => _rows[row];

    public bool TryGetRow(ContentHash hash, out int row) => _byHash.TryGetValue(hash, out row);

    /// <summary>Takes in one record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="rowLimit">No row number may reach this; guards against a record that asks for an absurd number of rows.</param>
    /// <returns>Null, or what is wrong with the record, which then changes nothing.</returns>
    public string? Apply(IndexRecord record, int rowLimit)
    {
        switch (record.Kind)
        {
            case IndexRecordKind.Row:
                if (record.Row < _rows.Count && _rows[record.Row] is not null)
                {
                    return $"row {record.Row} is described twice";
                }

                if (record.Row >= rowLimit)
                {
                    return $"row {record.Row} lies beyond the matrix";
                }

                while (_rows.Count <= record.Row)
                {
                    _rows.Add(null);
                }

                _rows[record.Row] = new RowInfo(record.Hash, record.Checksum);
                _byHash[record.Hash] = record.Row;
                return null;
            case IndexRecordKind.Assigned:
                if (record.Row >= _rows.Count || _rows[record.Row] is null)
                {
                    return $"'{record.Path}' refers to row {record.Row}, which is not described";
                }

                _paths[record.Path] = (record.Label, record.Row);
                return null;
            case IndexRecordKind.Removed:
                _paths.Remove(record.Path);
                return null;
            case IndexRecordKind.Dropped:
                Drop(record.Row, record.Row + 1);
                return null;
            case IndexRecordKind.Truncated:
                Drop(record.Row, _rows.Count);
                RemoveStalePaths();
                if (record.Row < _rows.Count)
                {
                    _rows.RemoveRange(record.Row, _rows.Count - record.Row);
                }

                return null;
            default:
                return null;
        }
    }

    private void Drop(int from, int to)
    {
        for (var row = from; row < Math.Min(to, _rows.Count); row++)
        {
            if (_rows[row] is { } info && _byHash.TryGetValue(info.Hash, out var current) && current == row)
            {
                _byHash.Remove(info.Hash);
            }

            _rows[row] = null;
            _hasStalePaths = true;
        }
    }

    /// <summary>Removes the paths of dropped rows: once for any number of rows, for each time would take the square of their number.</summary>
    private void RemoveStalePaths()
    {
        if (!_hasStalePaths)
        {
            return;
        }

        foreach (var path in _paths.Where(pair => _rows[pair.Value.Row] is null).Select(pair => pair.Key).ToList())
        {
            _paths.Remove(path);
        }

        _hasStalePaths = false;
    }
}
