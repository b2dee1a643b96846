using System.Globalization;

namespace MlTransfer.Features.Cache;

/// <summary>Opens a cache: makes a new one, or takes up an old one where its last commit left it.</summary>
internal sealed class CacheOpening : IDisposable
{
    private static readonly string[] KnownNames =
        [CacheFolder.ManifestName, CacheFolder.MatrixName, CacheFolder.IndexName, CacheFolder.LockName, "writer.txt"];

    private readonly List<string> _notices = [];

    private CacheOpening(CacheManifest manifest, IndexState state, FeatureMatrix matrix, IndexFile? index)
    {
        Manifest = manifest;
        State = state;
        Matrix = matrix;
        Index = index;
    }

    public CacheManifest Manifest { get; }

    public IndexState State { get; }

    public FeatureMatrix Matrix { get; }

    /// <summary>The index to write to; null when opened for reading.</summary>
    public IndexFile? Index { get; }

    public IReadOnlyList<string> Notices => _notices;

    /// <summary>Whether a cache can be made or opened in a folder: it is empty or holds a cache's files.</summary>
    public static bool IsUsable(string folder) =>
        File.Exists(Path.Combine(folder, CacheFolder.ManifestName))
        || Directory.EnumerateFileSystemEntries(folder).All(entry =>
        {
            var name = Path.GetFileName(entry);
            return KnownNames.Contains(name.EndsWith(CacheFolder.TemporarySuffix, StringComparison.Ordinal) ? name[..^CacheFolder.TemporarySuffix.Length] : name, StringComparer.Ordinal);
        });

    /// <summary>Opens for reading; what follows the last commit is left out.</summary>
    public static CacheOpening ForReading(CacheFolder folder)
    {
        Require(folder, CacheFolder.ManifestName);
        Require(folder, CacheFolder.IndexName);
        Require(folder, CacheFolder.MatrixName);
        var manifest = ReadManifest(folder);
        IndexScan scan;
        using (var index = folder.OpenRead(CacheFolder.IndexName))
        {
            scan = IndexScan.Of(index);
        }

        if (scan.Faults.Count > 0)
        {
            throw new FeatureCacheException($"The feature cache {folder.FullPath} is damaged: {scan.Faults[0]} {Remedy(folder)}");
        }

        var matrix = new FeatureMatrix(folder.OpenRead(CacheFolder.MatrixName), manifest.Key.Dimension);
        if (matrix.RowsOnFile < scan.State.RowCount)
        {
            var there = matrix.RowsOnFile;
            matrix.Dispose();
            throw new FeatureCacheException($"The feature cache {folder.FullPath} is damaged: {CacheFolder.MatrixName} has {there} rows, {scan.State.RowCount} were reported as saved. {Remedy(folder)}");
        }

        return new CacheOpening(manifest, scan.State, matrix, null);
    }

    /// <summary>Opens for writing; the lock is held by the caller. Cuts a write that did not end, and mends what can be mended.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="key">The key of a new cache, and the one that an old cache must have; null: it must be there, with any key.</param>
    public static CacheOpening ForWriting(CacheFolder folder, FeatureStoreKey? key)
    {
        var notices = new List<string>();
        var manifest = ManifestForWriting(folder, key, notices);
        if (key is not null && !manifest.Key.Matches(key))
        {
            throw new FeatureCacheException(
                $"The feature cache {folder.FullPath} holds features of another kind. It holds: {manifest.Key}. Asked for: {key}. Use another cache folder for these, or the model and preprocessing that the cache was made with.");
        }

        Require(folder, CacheFolder.IndexName);
        var scan = SoundIndex(folder, manifest, notices);
        var matrix = new FeatureMatrix(folder.OpenWrite(CacheFolder.MatrixName), manifest.Key.Dimension);
        var index = new IndexFile(folder.OpenWrite(CacheFolder.IndexName), scan);
        var opening = new CacheOpening(manifest, scan.State, matrix, index);
        opening._notices.AddRange(notices);
        try
        {
            opening.TakeUp(scan);
            return opening;
        }
        catch
        {
            opening.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Matrix.Dispose();
        Index?.Dispose();
    }

    internal static string Remedy(CacheFolder folder) =>
        $"Extract the features again into it (what is sound is kept), or run: cache verify --repair {folder.FullPath}";

    internal static CacheManifest ReadManifest(CacheFolder folder) =>
        CacheManifest.Parse(folder.ReadAll(CacheFolder.ManifestName, CacheManifest.MaxBytes), Path.Combine(folder.FullPath, CacheFolder.ManifestName));

    private static void Require(CacheFolder folder, string name)
    {
        if (!folder.Exists(name))
        {
            throw new FeatureCacheException(
                $"{folder.FullPath} is not a complete feature cache: {name} is missing. Restore it, or delete the folder and extract the features again.");
        }
    }

    /// <summary>The manifest; restored from the index where it is lost or damaged; written where the cache is new.</summary>
    private static CacheManifest ManifestForWriting(CacheFolder folder, FeatureStoreKey? key, List<string> notices)
    {
        FeatureCacheException? fault = null;
        if (folder.Exists(CacheFolder.ManifestName))
        {
            try
            {
                return ReadManifest(folder);
            }
            catch (FeatureCacheException damaged)
            {
                fault = damaged;
            }
        }

        if (folder.Exists(CacheFolder.IndexName))
        {
            IndexScan scan;
            using (var index = folder.OpenRead(CacheFolder.IndexName))
            {
                scan = IndexScan.Of(index);
            }

            if (scan.Manifest is { } kept)
            {
                var manifest = CacheManifest.Parse(kept, Path.Combine(folder.FullPath, CacheFolder.IndexName));
                folder.Replace(CacheFolder.ManifestName, kept);
                if (scan.State.RowCount > 0)
                {
                    notices.Add($"{CacheFolder.ManifestName} was {(fault is null ? "missing" : "damaged")}; it is restored from the index.");
                }

                return manifest;
            }
        }

        if (fault is not null)
        {
            throw fault;
        }

        if (folder.Exists(CacheFolder.MatrixName))
        {
            using var matrix = folder.OpenRead(CacheFolder.MatrixName);
            if (matrix.Length > Datasets.Arrays.NpyWriter.HeaderBytes)
            {
                Require(folder, CacheFolder.ManifestName);
            }
        }

        if (key is null)
        {
            Require(folder, CacheFolder.ManifestName);
        }

        return Create(folder, CacheManifest.For(key!));
    }

    /// <summary>Makes an empty cache. The manifest comes last: with it the cache is there, without it nothing is lost.</summary>
    private static CacheManifest Create(CacheFolder folder, CacheManifest manifest)
    {
        using (var matrix = folder.OpenWrite(CacheFolder.MatrixName))
        {
            matrix.SetLength(0);
            new FeatureMatrix(matrix, manifest.Key.Dimension).WriteHeader(0);
            matrix.Flush();
        }

        folder.Replace(CacheFolder.IndexName, IndexFile.Render(manifest, new IndexState(), 1));
        folder.Replace(CacheFolder.ManifestName, manifest.Render());
        return manifest;
    }

    /// <summary>Reads the index; a damaged one is written anew from what is valid in it.</summary>
    private static IndexScan SoundIndex(CacheFolder folder, CacheManifest manifest, List<string> notices)
    {
        IndexScan scan;
        using (var index = folder.OpenRead(CacheFolder.IndexName))
        {
            scan = IndexScan.Of(index);
        }

        if (scan.Faults.Count == 0)
        {
            return scan;
        }

        folder.Replace(CacheFolder.IndexName, IndexFile.Render(manifest, scan.State, scan.Sequence + 2));
        notices.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"The index was damaged ({scan.Faults[0].TrimEnd('.')}{(scan.Faults.Count > 1 ? $"; {scan.Faults.Count - 1} faults more" : "")}). {scan.State.Paths.Count} entries are kept. Extract the features again: what was lost is computed anew, and paths and labels become those of the images."));
        using var mended = folder.OpenRead(CacheFolder.IndexName);
        return IndexScan.Of(mended);
    }

    private void TakeUp(IndexScan scan)
    {
        var unsaved = Math.Max(0, Matrix.RowsOnFile - scan.State.RowCount);
        if (scan.TornBytes > 0 || Matrix.BytesAfter(scan.State.RowCount) > 0)
        {
            Index!.Truncate();
            Matrix.Truncate(Math.Min(scan.State.RowCount, (int)Math.Min(Matrix.RowsOnFile, int.MaxValue)));
            _notices.Add(string.Create(
                CultureInfo.InvariantCulture, $"An earlier run was stopped while it wrote. What it had not yet reported as saved is removed ({unsaved} rows) and will be extracted again."));
        }

        if (Matrix.RowsOnFile < State.RowCount)
        {
            var there = (int)Matrix.RowsOnFile;
            _notices.Add(string.Create(CultureInfo.InvariantCulture, $"{CacheFolder.MatrixName} has lost rows {there} to {State.RowCount - 1}; they will be extracted again."));
            var truncated = new IndexRecord(IndexRecordKind.Truncated) { Row = there };
            State.Apply(truncated, int.MaxValue);
            Index!.Add(truncated);
            Matrix.Truncate(there);
            Index.WriteBatch(there);
            Index.Flush();
            Index.Accept();
            Index.WriteWitness();
        }

        if (scan.HeaderFault is not null)
        {
            Index!.WriteHeader();
        }

        if (!Matrix.HasHeader(State.RowCount))
        {
            Matrix.WriteHeader(State.RowCount);
        }
    }
}
