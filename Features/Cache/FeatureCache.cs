using System.Runtime.InteropServices;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>Features on disk, found again by the content of the image they were computed from.</summary>
/// <remarks>
/// <para>A folder: <c>manifest.json</c> (format version and <see cref="FeatureStoreKey"/>), <c>features.npy</c> (the matrix, float32, one row a content;
/// NumPy opens it), <c>index.bin</c> (content, path, label and checksum of each row).</para>
/// <para>A row belongs to the SHA-256 of a file's bytes: a renamed or copied file finds its row again, a changed one does not. File dates and sizes are
/// never trusted. A path that is removed leaves its row in the matrix, so that the picture finds it when it comes back.</para>
/// <para>Safe against a stop at any instant: <see cref="Commit"/> flushes rows to the disk, then the index, and only then reports them as saved. Opening for
/// writing cuts a write that did not end and mends what it can, with a notice. Every row is checked against its checksum whenever it is read.</para>
/// <para>One writer at a time, in any process; readers at any time, who see what was committed when they opened. All members are safe to call from several
/// threads.</para>
/// </remarks>
public sealed class FeatureCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CacheOpening _store;
    private readonly WriterLock? _lock;
    private IReadOnlyList<FeatureCacheEntry>? _entries;
    private Dictionary<int, string>? _pathOfRow;
    private int _savedRows;
    private bool _wroteMatrix;
    private string? _broken;

    private FeatureCache(string folder, CacheOpening store, WriterLock? writerLock)
    {
        Folder = folder;
        _store = store;
        _lock = writerLock;
        _savedRows = store.State.RowCount;
    }

    /// <summary>Full path of the cache's folder.</summary>
    public string Folder { get; }

    /// <summary>What the features are features of.</summary>
    public FeatureStoreKey Key => _store.Manifest.Key;

    /// <summary>The program and version that made the cache.</summary>
    public string CreatedBy => _store.Manifest.CreatedBy;

    /// <summary>What opening found and did, one sentence each; empty when all was well.</summary>
    public IReadOnlyList<string> Notices => _store.Notices;

    /// <summary>Rows of the matrix, those not yet committed and those without a path included.</summary>
    public int RowCount
    {
        get
        {
            lock (_gate)
            {
                return _store.State.RowCount;
            }
        }
    }

    /// <summary>The images, in natural order of their paths, whatever the order they were added in; those not yet committed included.</summary>
    public IReadOnlyList<FeatureCacheEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return _entries ??=
                [
                    .. _store.State.Paths
                        .Select(pair => new FeatureCacheEntry(pair.Key, pair.Value.Label, _store.State.Row(pair.Value.Row)!.Hash, pair.Value.Row))
                        .OrderBy(entry => entry.Path, PathOrder.Natural),
                ];
            }
        }
    }

    /// <summary>Opens a cache to add to it; makes it when the folder is missing or empty.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="key">What the features are features of.</param>
    /// <exception cref="FeatureCacheException">The cache has another key or another writer, is of a newer format, damaged beyond mending, or cannot be written; or
    /// the folder holds something else.</exception>
    public static FeatureCache Open(string folder, FeatureStoreKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return OpenForWriting(folder, key.Checked(), create: true);
    }

    /// <summary>Opens a cache to read from it. Takes no lock; shows what was committed by now.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <exception cref="FeatureCacheException">Not a feature cache, of a newer format, or damaged.</exception>
    public static FeatureCache OpenRead(string folder) => Guarded(folder, full =>
    {
        RequireFolder(full);
        return new FeatureCache(full, CacheOpening.ForReading(new DiskFolder(full)), null);
    });

    /// <summary>Checks every byte of a cache: manifest, index, and each row against its checksum. Changes nothing, takes no lock.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="progress">Told how many of how many rows are checked, on the calling thread; null for silence.</param>
    /// <param name="cancellation">Ends the check between two rows.</param>
    /// <exception cref="FeatureCacheException">There is no such folder, or it cannot be read.</exception>
    public static CacheVerification Verify(string folder, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default) => Guarded(folder, full =>
    {
        RequireFolder(full);
        return CacheVerifier.Run(new DiskFolder(full), progress, cancellation);
    });

    /// <summary>Mends a cache: cuts what was not saved, restores manifest and headers, and drops every damaged row, so that the next extraction computes it anew.</summary>
    /// <param name="folder">The cache's folder.</param>
    /// <param name="progress">Told of the check that comes first, as by <see cref="Verify"/>.</param>
    /// <param name="cancellation">Ends the check; once mending has begun it is done.</param>
    /// <returns>What was found before mending, and what was dropped.</returns>
    /// <exception cref="FeatureCacheException">Another writer has the cache, or it cannot be mended.</exception>
    public static CacheRepair Repair(string folder, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        var before = Verify(folder, progress, cancellation);
        using var cache = OpenForWriting(folder, null, create: false);
        var dropped = cache.DropDamagedRows();
        return new CacheRepair(before, dropped, cache.Notices);
    }

    /// <summary>Finds the row of a content.</summary>
    /// <param name="hash">SHA-256 of an image file's bytes.</param>
    /// <param name="row">Its row.</param>
    /// <returns>Whether its features are in the cache, committed or not.</returns>
    public bool TryGetRow(ContentHash hash, out int row)
    {
        lock (_gate)
        {
            return _store.State.TryGetRow(hash, out row);
        }
    }

    /// <summary>Adds the features of a new content under a path. If the content is known, this is <see cref="Assign"/>.</summary>
    /// <param name="path">The image's name, relative, with '/'.</param>
    /// <param name="label">Its class.</param>
    /// <param name="hash">SHA-256 of its bytes.</param>
    /// <param name="features">As many numbers as the key's dimension, all finite.</param>
    /// <exception cref="ArgumentException">Wrong count, or a number that is not finite.</exception>
    /// <exception cref="FeatureCacheException">The disk is full or fails; nothing that was saved is lost, and the call may be made again.</exception>
    public void Append(string path, string label, ContentHash hash, ReadOnlySpan<float> features)
    {
        CheckNames(path, label);
        if (features.Length != Key.Dimension)
        {
            throw new ArgumentException($"{path}: {features.Length} features where the cache has {Key.Dimension} a row.", nameof(features));
        }

        foreach (var value in features)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"{path}: the features hold {value}, which is no finite number; the graph or its preprocessing is not right for this image.", nameof(features));
            }
        }

        lock (_gate)
        {
            RequireWriter();
            if (!_store.State.TryGetRow(hash, out _))
            {
                var row = _store.State.RowCount;
                uint checksum;
                try
                {
                    checksum = _store.Matrix.Append(row, features);
                }
                catch (IOException fault)
                {
                    throw Unwritable(fault);
                }

                Record(new IndexRecord(IndexRecordKind.Row) { Row = row, Hash = hash, Checksum = checksum });
                _wroteMatrix = true;
            }

            AssignKnown(path, label, hash);
        }
    }

    /// <summary>Gives a path to a content whose features are in the cache; a path that had another content or label gets this one.</summary>
    /// <param name="path">The image's name, relative, with '/'.</param>
    /// <param name="label">Its class.</param>
    /// <param name="hash">SHA-256 of its bytes.</param>
    /// <exception cref="KeyNotFoundException">No row has this content.</exception>
    public void Assign(string path, string label, ContentHash hash)
    {
        CheckNames(path, label);
        lock (_gate)
        {
            RequireWriter();
            AssignKnown(path, label, hash);
        }
    }

    /// <summary>Removes a path. Its row stays in the matrix and is found again by its content.</summary>
    /// <param name="path">The image's name.</param>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (_gate)
        {
            RequireWriter();
            if (!_store.State.Paths.ContainsKey(path))
            {
                return false;
            }

            Record(new IndexRecord(IndexRecordKind.Removed) { Path = path });
            return true;
        }
    }

    /// <summary>Removes every path that is not in <paramref name="paths"/>: the images that are gone from the folder.</summary>
    /// <param name="paths">The names that stay.</param>
    /// <returns>The names that were removed, in natural order.</returns>
    public IReadOnlyList<string> Retain(IReadOnlySet<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        lock (_gate)
        {
            var gone = _store.State.Paths.Keys.Where(path => !paths.Contains(path)).Order(PathOrder.Natural).ToList();
            gone.ForEach(path => Remove(path));
            return gone;
        }
    }

    /// <summary>Makes everything done so far durable: when it returns, a power cut cannot take it back.</summary>
    /// <returns>Rows of the matrix that are saved.</returns>
    /// <exception cref="FeatureCacheException">The disk is full or fails. What earlier commits saved is safe; after a full disk the call may be made again.</exception>
    public int Commit()
    {
        lock (_gate)
        {
            RequireWriter();
            var index = _store.Index!;
            if (!index.HasPending)
            {
                return _savedRows;
            }

            var rows = _store.State.RowCount;
            Writing(() => _store.Matrix.WriteBuffer(rows));
            if (_wroteMatrix)
            {
                Flushing(_store.Matrix.Flush);
            }

            Writing(() => index.WriteBatch(rows));
            Flushing(index.Flush);
            index.Accept();
            _savedRows = rows;
            _wroteMatrix = false;
            Writing(index.WriteWitness);
            Writing(() => _store.Matrix.WriteHeader(rows));
            return _savedRows;
        }
    }

    /// <summary>Reads one row and checks it.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> − 1.</param>
    /// <param name="destination">Room for exactly the key's dimension.</param>
    /// <exception cref="ArgumentException">No such row, or room of another size.</exception>
    /// <exception cref="FeatureCacheException">The row is damaged; the message names its images.</exception>
    public void ReadRow(int row, Span<float> destination)
    {
        if (destination.Length != Key.Dimension)
        {
            throw new ArgumentException($"Room for {destination.Length} numbers; a row has {Key.Dimension}.", nameof(destination));
        }

        RowInfo? info;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, _store.State.RowCount);
            info = _store.State.Row(row) ?? throw new FeatureCacheException($"Row {row} of the feature cache {Folder} was damaged and is not used any more.");
            if (row >= _savedRows)
            {
                Writing(() => _store.Matrix.WriteBuffer(_store.State.RowCount));
            }
        }

        var bytes = MemoryMarshal.AsBytes(destination);
        bool there;
        try
        {
            there = _store.Matrix.TryRead(row, bytes);
        }
        catch (IOException fault)
        {
            throw new FeatureCacheException($"Row {row} ({PathOf(row)}) of the feature cache {Folder} cannot be read: {fault.Message}", fault);
        }

        if (!there || Crc32C.Of(bytes) != info.Checksum)
        {
            throw new FeatureCacheException(
                $"The features of {PathOf(row)} (row {row} of {Folder}) are damaged: {(there ? "they do not match their checksum" : "the file ends before")}. Run: cache verify --repair {Folder}   and extract again.");
        }
    }

    /// <summary>Reads the rows of some images as one matrix.</summary>
    /// <param name="entries">The images.</param>
    /// <returns>Row-major, one row an entry, in their order: <c>entries.Count × Dimension</c> numbers.</returns>
    /// <exception cref="FeatureCacheException">A row is damaged, or the matrix is too large for one array.</exception>
    public float[] ReadMatrix(IReadOnlyList<FeatureCacheEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var dimension = Key.Dimension;
        if ((long)entries.Count * dimension > Array.MaxLength)
        {
            throw new FeatureCacheException($"{entries.Count} rows of {dimension} numbers do not fit one array ({Array.MaxLength} numbers); read them in parts.");
        }

        var matrix = new float[entries.Count * dimension];
        for (var i = 0; i < entries.Count; i++)
        {
            ReadRow(entries[i].Row, matrix.AsSpan(i * dimension, dimension));
        }

        return matrix;
    }

    /// <summary>The rows of all <see cref="Entries"/>, in their order; see <see cref="ReadMatrix"/>.</summary>
    public float[] ReadAll() => ReadMatrix(Entries);

    /// <summary>Closes the cache. What was not committed is dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            try
            {
                if (_lock is not null && _store.Index!.HasPending)
                {
                    _store.Index.Truncate();
                    _store.Matrix.Truncate(_savedRows);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // What remains behind the last commit is cut when the cache is opened next.
            }

            _store.Dispose();
            _lock?.Dispose();
        }
    }

    /// <summary>Opens on any folder that the tests make; no lock.</summary>
    internal static FeatureCache Open(CacheFolder folder, FeatureStoreKey key) =>
        new(folder.FullPath, CacheOpening.ForWriting(folder, key.Checked()), null);

    private static FeatureCache OpenForWriting(string folder, FeatureStoreKey? key, bool create) => Guarded(folder, full =>
    {
        if (File.Exists(full))
        {
            throw new FeatureCacheException($"{full} is a file; a feature cache is a folder.");
        }

        if (!create)
        {
            RequireFolder(full);
        }
        else if (!Directory.Exists(full))
        {
            Directory.CreateDirectory(full);
            DiskFolder.FlushDirectory(Path.GetDirectoryName(full) ?? full);
        }

        if (!CacheOpening.IsUsable(full))
        {
            throw new FeatureCacheException($"The folder {full} holds other files and no feature cache. Name a new or empty folder.");
        }

        var writerLock = WriterLock.Take(full);
        try
        {
            return new FeatureCache(full, CacheOpening.ForWriting(new DiskFolder(full), key), writerLock);
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    });

    private static void RequireFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(folder);
        while (parent is not null && !Directory.Exists(parent))
        {
            parent = Path.GetDirectoryName(parent);
        }

        throw new FeatureCacheException(
            File.Exists(folder) ? $"{folder} is a file; a feature cache is a folder."
            : $"There is no feature cache {folder}{(parent is null ? "" : $"; {parent} exists")}. Extract features into it first.");
    }

    private static T Guarded<T>(string folder, Func<string, T> open)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            return open(full);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FeatureCacheException($"The feature cache {full} cannot be opened: {fault.Message}", fault);
        }
    }

    private static void CheckNames(string path, string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(label);
        _ = IndexRecord.Encode(path, "path");
        _ = IndexRecord.Encode(label, "label");
    }

    private List<string> DropDamagedRows()
    {
        var dropped = new List<string>();
        var features = new float[Key.Dimension];
        lock (_gate)
        {
            var pathsOfRow = Entries.ToLookup(entry => entry.Row, entry => entry.Path);
            for (var row = 0; row < _store.State.RowCount; row++)
            {
                var bytes = MemoryMarshal.AsBytes(features.AsSpan());
                if (_store.State.Row(row) is { } info && !(_store.Matrix.TryRead(row, bytes) && Crc32C.Of(bytes) == info.Checksum))
                {
                    dropped.AddRange(pathsOfRow[row]);
                    Record(new IndexRecord(IndexRecordKind.Dropped) { Row = row });
                }
            }

            Commit();
        }

        dropped.Sort(PathOrder.Natural);
        return dropped;
    }

    private void AssignKnown(string path, string label, ContentHash hash)
    {
        if (!_store.State.TryGetRow(hash, out var row))
        {
            throw new KeyNotFoundException($"{path}: no row of the cache has the content {hash}.");
        }

        if (!_store.State.Paths.TryGetValue(path, out var current) || current.Row != row || current.Label != label)
        {
            Record(new IndexRecord(IndexRecordKind.Assigned) { Row = row, Path = path, Label = label });
        }
    }

    private void Record(IndexRecord record)
    {
        if (_store.State.Apply(record, int.MaxValue) is { } fault)
        {
            throw new InvalidOperationException(fault);
        }

        _store.Index!.Add(record);
        _entries = null;
        _pathOfRow = null;
    }

    private string PathOf(int row)
    {
        lock (_gate)
        {
            if (_pathOfRow is null)
            {
                _pathOfRow = [];
                foreach (var entry in Entries)
                {
                    _pathOfRow.TryAdd(entry.Row, entry.Path);
                }
            }

            return _pathOfRow.GetValueOrDefault(row, "an image without a path");
        }
    }

    private void RequireWriter()
    {
        if (_store.Index is null)
        {
            throw new InvalidOperationException($"The feature cache {Folder} is open for reading only.");
        }

        if (_broken is not null)
        {
            throw new FeatureCacheException($"The feature cache {Folder} could not be flushed to the disk before ({_broken?.TrimEnd('.')}). Close it and open it again; what was reported as saved is safe.");
        }
    }

    private void Writing(Action write)
    {
        try
        {
            write();
        }
        catch (IOException fault)
        {
            throw Unwritable(fault);
        }
    }

    private FeatureCacheException Unwritable(IOException fault) => new(
        $"The feature cache {Folder} cannot be written: {fault.Message.TrimEnd('.')}. {_savedRows} rows are saved; free some space and run the same command again to go on.", fault);

    /// <summary>After a flush that failed nobody knows what is on the disk; the cache takes no more until it is opened again.</summary>
    private void Flushing(Action flush)
    {
        try
        {
            Writing(flush);
        }
        catch (FeatureCacheException fault)
        {
            _broken = fault.InnerException?.Message;
            throw;
        }
    }
}
