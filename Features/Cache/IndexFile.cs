using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>The index being written: records gather in memory and become valid together with the commit that follows them.</summary>
internal sealed class IndexFile : IDisposable
{
    private readonly CacheFile _file;
    private readonly MemoryStream _batch = new();
    private long _end;
    private long _sequence;

    /// <summary>Goes on behind the last commit of a sound index.</summary>
    public IndexFile(CacheFile file, IndexScan scan)
    {
        _file = file;
        _end = scan.CommittedEnd;
        _sequence = scan.Sequence;
    }

    /// <summary>Whether records wait for a commit.</summary>
    public bool HasPending => _batch.Length > 0;

    /// <summary>The whole index that says what <paramref name="state"/> says.</summary>
    public static byte[] Render(CacheManifest manifest, IndexState state, long sequence)
    {
        using var content = new MemoryStream();
        content.Write(new byte[IndexHeader.Bytes]);
        void Add(IndexRecord record) => record.WriteTo(content, content.Position);

        Add(new IndexRecord(IndexRecordKind.Manifest) { Manifest = manifest.Render() });
        for (var row = 0; row < state.RowCount; row++)
        {
            var info = state.Row(row);
            Add(new IndexRecord(IndexRecordKind.Row) { Row = row, Hash = info?.Hash ?? default(ContentHash), Checksum = info?.Checksum ?? 0 });
            if (info is null)
            {
                Add(new IndexRecord(IndexRecordKind.Dropped) { Row = row });
            }
        }

        foreach (var (path, (label, row)) in state.Paths.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(new IndexRecord(IndexRecordKind.Assigned) { Row = row, Path = path, Label = label });
        }

        Add(new IndexRecord(IndexRecordKind.Commit) { Sequence = sequence, Row = state.RowCount });
        var bytes = content.ToArray();
        var newest = new IndexWitness(sequence, bytes.Length);
        var before = new IndexWitness(sequence - 1, IndexHeader.Bytes);
        ((sequence & 1) == 0 ? IndexHeader.Render(newest, before) : IndexHeader.Render(before, newest)).CopyTo(bytes, 0);
        return bytes;
    }

    public void Add(IndexRecord record) => record.WriteTo(_batch, _end + _batch.Length);

    /// <summary>Writes the records and their commit behind the last commit. They count once they are flushed and <see cref="Accept"/> is called; until then
    /// they can be written again.</summary>
    public void WriteBatch(int rows)
    {
        var records = _batch.Length;
        try
        {
            new IndexRecord(IndexRecordKind.Commit) { Sequence = _sequence + 1, Row = rows }.WriteTo(_batch, _end + records);
            _file.Write(_end, _batch.GetBuffer().AsSpan(0, (int)_batch.Length));
        }
        finally
        {
            _batch.SetLength(records);
        }
    }

    /// <summary>Takes the batch just flushed for committed.</summary>
    public void Accept()
    {
        _end += _batch.Length + IndexRecord.CommitBytes;
        _sequence++;
        _batch.SetLength(0);
    }

    /// <summary>Notes in the header how far the index is committed.</summary>
    public void WriteWitness()
    {
        var header = new byte[IndexHeader.Bytes];
        new IndexWitness(_sequence, _end).WriteTo(header);
        var (offset, length) = IndexWitness.Slot(_sequence);
        _file.Write(offset, header.AsSpan(offset, length));
    }

    /// <summary>Writes the whole header anew, after damage.</summary>
    public void WriteHeader()
    {
        var newest = new IndexWitness(_sequence, _end);
        var before = new IndexWitness(_sequence - 1, IndexHeader.Bytes);
        _file.Write(0, (_sequence & 1) == 0 ? IndexHeader.Render(newest, before) : IndexHeader.Render(before, newest));
    }

    public void Flush() => _file.Flush();

    /// <summary>Cuts what follows the last commit, and lets go of records not yet committed.</summary>
    public void Truncate()
    {
        _batch.SetLength(0);
        _file.SetLength(_end);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _file.Dispose();
    }
}
