using System.Globalization;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Cache;

/// <summary>Checks a cache's files against each other and against their checksums.</summary>
internal sealed class CacheVerifier
{
    private readonly CacheFolder _folder;
    private readonly List<CacheFault> _faults = [];
    private readonly List<string> _notices = [];

    private CacheVerifier(CacheFolder folder) => _folder = folder;

    public static CacheVerification Run(CacheFolder folder, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        var verifier = new CacheVerifier(folder);
        var scan = verifier.CheckIndex();
        var manifest = verifier.CheckManifest(scan);
        var rows = scan is not null && manifest is not null ? verifier.CheckMatrix(scan, manifest, progress, cancellation) : 0;
        return new CacheVerification
        {
            Folder = folder.FullPath,
            Key = manifest?.Key,
            RowsChecked = rows,
            Entries = scan?.State.Paths.Count ?? 0,
            Faults = verifier._faults,
            Notices = verifier._notices,
        };
    }

    private void Fault(string file, string message, int? row = null, params IReadOnlyList<string> paths) => _faults.Add(new CacheFault(file, row, paths, message));

    private void Notice(FormattableString text) => _notices.Add(text.ToString(CultureInfo.InvariantCulture));

    private IndexScan? CheckIndex()
    {
        if (!_folder.Exists(CacheFolder.IndexName))
        {
            Fault(CacheFolder.IndexName, $"{CacheFolder.IndexName} is missing.");
            return null;
        }

        using var file = _folder.OpenRead(CacheFolder.IndexName);
        var scan = IndexScan.Of(file);
        foreach (var fault in scan.Faults)
        {
            Fault(CacheFolder.IndexName, fault);
        }

        if (scan.Faults.Count == 0 && scan.HeaderFault is { } header)
        {
            Fault(CacheFolder.IndexName, header);
        }

        if (scan.TornBytes > 0)
        {
            Notice($"{scan.TornBytes} bytes of the index follow its last commit: a write that did not end, or one that is going on. Nothing that was reported as saved is concerned.");
        }

        return scan;
    }

    private bool IndexGrew(IndexScan scan)
    {
        using var index = _folder.OpenRead(CacheFolder.IndexName);
        return index.Length > scan.Length;
    }

    /// <summary>The manifest; where it is damaged, as the index keeps it.</summary>
    private CacheManifest? CheckManifest(IndexScan? scan)
    {
        CacheManifest? manifest = null;
        if (!_folder.Exists(CacheFolder.ManifestName))
        {
            Fault(CacheFolder.ManifestName, $"{CacheFolder.ManifestName} is missing.");
        }
        else
        {
            try
            {
                manifest = CacheOpening.ReadManifest(_folder);
            }
            catch (FeatureCacheException fault)
            {
                Fault(CacheFolder.ManifestName, fault.Message);
            }
        }

        if (scan?.Manifest is not { } kept)
        {
            if (scan is { Faults.Count: 0 })
            {
                Fault(CacheFolder.IndexName, "the index has no copy of the manifest.");
            }

            return manifest;
        }

        try
        {
            var copy = CacheManifest.Parse(kept, CacheFolder.IndexName);
            if (manifest is not null && manifest != copy)
            {
                Fault(CacheFolder.ManifestName, "the manifest and its copy in the index differ.");
            }

            return manifest ?? copy;
        }
        catch (FeatureCacheException fault)
        {
            Fault(CacheFolder.IndexName, fault.Message);
            return manifest;
        }
    }

    private int CheckMatrix(IndexScan scan, CacheManifest manifest, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        if (!_folder.Exists(CacheFolder.MatrixName))
        {
            Fault(CacheFolder.MatrixName, $"{CacheFolder.MatrixName} is missing.");
            return 0;
        }

        using var matrix = new FeatureMatrix(_folder.OpenRead(CacheFolder.MatrixName), manifest.Key.Dimension);
        var state = scan.State;
        if (!matrix.HasHeader(state.RowCount))
        {
            if (matrix.HasHeader(scan.PreviousRowCount))
            {
                Notice($"The header of {CacheFolder.MatrixName} speaks of the {scan.PreviousRowCount} rows before the last commit; opening the cache for writing sets it right.");
            }
            else if (IndexGrew(scan))
            {
                Notice($"The cache is being written to; what was saved when this check began was checked.");
            }
            else if (scan.Faults.Count == 0)
            {
                Fault(CacheFolder.MatrixName, string.Create(CultureInfo.InvariantCulture, $"the header of {CacheFolder.MatrixName} is not that of {state.RowCount} rows of {manifest.Key.Dimension} float32 numbers."));
            }
        }

        var pathsOfRow = state.Paths.ToLookup(pair => pair.Value.Row, pair => pair.Key);
        var bytes = new byte[matrix.RowBytes];
        int checkedRows = 0, unused = 0;
        for (var row = 0; row < state.RowCount; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report((row + 1, state.RowCount));
            if (state.Row(row) is not { } info)
            {
                continue;
            }

            checkedRows++;
            var there = matrix.TryRead(row, bytes);
            if (!there || Crc32C.Of(bytes) != info.Checksum)
            {
                string[] paths = [.. pathsOfRow[row].Order(PathOrder.Natural)];
                var named = paths.Length == 0 ? "no image uses it" : string.Join(", ", paths);
                Fault(
                    CacheFolder.MatrixName,
                    string.Create(CultureInfo.InvariantCulture, $"row {row} ({named}) {(there ? "does not match its checksum" : "is missing: the file ends before")}."),
                    row,
                    paths);
            }

            if (!pathsOfRow.Contains(row))
            {
                unused++;
            }
        }

        if (unused > 0)
        {
            Notice($"{unused} rows belong to no image of the cache now; they are kept for when their pictures come back.");
        }

        var beyond = matrix.BytesAfter(state.RowCount);
        if (beyond > 0)
        {
            Notice($"{beyond} bytes of {CacheFolder.MatrixName} follow its last saved row: a write that did not end, or one that is going on.");
        }

        return checkedRows;
    }
}
