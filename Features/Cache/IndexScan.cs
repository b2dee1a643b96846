namespace MlTransfer.Features.Cache;

/// <summary>Reads an index: everything up to its last commit, and what of it is damaged.</summary>
internal sealed class IndexScan
{
    private readonly List<IndexRecord> _batch = [];
    private readonly List<string> _faults = [];
    private int _rowLimit;

    private IndexScan()
    {
    }

    /// <summary>What the valid committed records add up to.</summary>
    public IndexState State { get; } = new();

    /// <summary>Damage to what was reported as saved, each with its place; empty for a sound index, torn tail or not.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>What is wrong with the header, if anything. As long as one of its two witness slots is whole, nothing is lost by it.</summary>
    public string? HeaderFault { get; private set; }

    /// <summary>Bytes that the index had when it was read.</summary>
    public long Length { get; private set; }

    /// <summary>End of the last commit, where the next record goes.</summary>
    public long CommittedEnd { get; private set; } = IndexHeader.Bytes;

    /// <summary>Bytes after the last commit: of a write that did not end.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Number of the last commit.</summary>
    public long Sequence { get; private set; }

    /// <summary>Rows of the matrix before the last commit; a crash within a commit leaves the matrix's header there.</summary>
    public int PreviousRowCount { get; private set; }

    /// <summary>The manifest's bytes as the index keeps them; null when damaged.</summary>
    public byte[]? Manifest { get; private set; }

    /// <summary>Reads an index, which may be growing: its header first, so that what the header speaks of is there.</summary>
    /// <param name="file">The open index.</param>
    /// <exception cref="FeatureCacheException">The index is larger than this version reads.</exception>
    public static IndexScan Of(CacheFile file)
    {
        var header = new byte[IndexHeader.Bytes];
        var headerBytes = file.Read(0, header);
        for (var attempt = 0; attempt < 3 && IndexHeader.Read(header.AsSpan(0, headerBytes)).Fault is not null; attempt++)
        {
            // Perhaps a writer is just changing a slot.
            Thread.Sleep(1);
            headerBytes = file.Read(0, header);
        }

        var length = file.Length;
        if (length > Array.MaxLength)
        {
            throw new FeatureCacheException($"The index has {length} bytes; this version reads at most {Array.MaxLength}.");
        }

        var content = new byte[Math.Max(length, headerBytes)];
        header.AsSpan(0, headerBytes).CopyTo(content);
        var read = headerBytes < header.Length ? headerBytes : headerBytes + file.Read(headerBytes, content.AsSpan(headerBytes));
        var scan = new IndexScan();
        scan.Read(content.AsSpan(0, read));
        return scan;
    }

    private void Read(ReadOnlySpan<byte> index)
    {
        // Every row of the matrix has a record of 53 bytes.
        _rowLimit = index.Length / 50;
        var (witness, headerFault) = IndexHeader.Read(index);
        Length = index.Length;
        HeaderFault = headerFault;
        if (witness is null)
        {
            _faults.Add(headerFault ?? "the index has no header.");
        }

        // Without a witness everything that a valid commit follows counts as saved.
        var published = witness?.End ?? long.MaxValue;
        var position = IndexHeader.Bytes;
        while (position < index.Length)
        {
            var record = IndexRecord.TryRead(index, position, out var length);
            if (record is not null)
            {
                position += length;
                Take(record, position);
                continue;
            }

            var next = position < published ? NextRecord(index, position + 1) : -1;
            if (position >= published || (witness is null && next < 0))
            {
                break;
            }

            _faults.Add($"bytes {position} to {(next < 0 ? index.Length : next) - 1} of the index are damaged.");
            position = next < 0 ? index.Length : next;
        }

        if (_faults.Count > 0 && _batch.Count > 0 && CommittedEnd < published)
        {
            // The commit itself is damaged, its records are not.
            Publish();
        }

        if (witness is { } known && CommittedEnd < known.End && _faults.Count == 0)
        {
            _faults.Add($"the index is cut short: {known.End} bytes were reported as saved, {index.Length} are there.");
            Publish();
        }

        if (witness is { } newest && Sequence < newest.Sequence && _faults.Count == 0)
        {
            _faults.Add($"the index's header speaks of commit {newest.Sequence}, its last commit is {Sequence}.");
        }

        Sequence = Math.Max(Sequence, witness?.Sequence ?? 0);
        TornBytes = Math.Max(0, index.Length - CommittedEnd);
    }

    private static int NextRecord(ReadOnlySpan<byte> index, int from)
    {
        for (var offset = from; offset <= index.Length - IndexRecord.Frame; offset++)
        {
            if (IndexRecord.TryRead(index, offset, out _) is not null)
            {
                return offset;
            }
        }

        return -1;
    }

    private void Take(IndexRecord record, int end)
    {
        if (record.Kind != IndexRecordKind.Commit)
        {
            _batch.Add(record);
            return;
        }

        Publish();
        if (record.Sequence <= Sequence)
        {
            _faults.Add($"commit {record.Sequence} follows commit {Sequence}.");
        }

        if (record.Row != State.RowCount && _faults.Count == 0)
        {
            _faults.Add($"commit {record.Sequence} speaks of {record.Row} rows, {State.RowCount} are described.");
        }

        Sequence = Math.Max(Sequence, record.Sequence);
        CommittedEnd = end;
    }

    private void Publish()
    {
        PreviousRowCount = State.RowCount;
        foreach (var record in _batch)
        {
            if (record.Kind == IndexRecordKind.Manifest)
            {
                Manifest ??= record.Manifest;
            }
            else if (State.Apply(record, _rowLimit) is { } fault)
            {
                _faults.Add(fault + ".");
            }
        }

        _batch.Clear();
    }
}
