using System.Diagnostics;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.ML.Extraction;

/// <summary>
/// A feature cache on the disk, one object a folder and process. It is read without a lock; the lock is taken when a row is to be added, and given back when
/// the last cursor ends, so that the command line can write to the cache while a pipeline is idle.
/// </summary>
internal sealed class FeatureDisk : IFeatureMemo
{
    private const string UnknownLabel = "unknown";

    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, FeatureDisk> s_disks = [];
    private static readonly TimeSpan s_saveEvery = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly FeatureStoreKey _key;
    private readonly Stopwatch _sinceSave = new();
    private FeatureCache? _cache;
    private bool _isWriter;
    private string _seen = "";
    private int _users;

    private FeatureDisk(string folder, FeatureStoreKey key)
    {
        _folder = folder;
        _key = key;
    }

    /// <summary>The cache of a folder.</summary>
    /// <param name="folder">The folder; made when the first row comes.</param>
    /// <param name="key">What the features are features of.</param>
    /// <exception cref="FeatureCacheException">There is a cache of other features, or something else.</exception>
    public static FeatureDisk At(string folder, FeatureStoreKey key)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        lock (s_gate)
        {
            if (!s_disks.TryGetValue(full, out var disk) || !disk._key.Matches(key))
            {
                disk = new FeatureDisk(full, key);
                disk.CheckKey();
                s_disks[full] = disk;
            }

            return disk;
        }
    }

    public float[]? Find(ContentHash hash)
    {
        lock (_gate)
        {
            var cache = _cache ??= OpenToRead();
            if (cache is null || !cache.TryGetRow(hash, out var row))
            {
                return null;
            }

            var features = new float[_key.Dimension];
            cache.ReadRow(row, features);
            return features;
        }
    }

    public bool Add(ImageContent image, ContentHash hash, float[] features)
    {
        lock (_gate)
        {
            if (!_isWriter)
            {
                var reader = _cache;
                _cache = FeatureCache.Open(_folder, _key);
                _isWriter = true;
                reader?.Dispose();
                _sinceSave.Restart();
            }

            if (!_cache!.TryGetRow(hash, out _))
            {
                _cache.Append(image.Name, image.Label is { Length: > 0 } label ? label : UnknownLabel, hash, features);
            }

            if (_users == 0)
            {
                CloseWriter();
            }
            else if (_sinceSave.Elapsed > s_saveEvery)
            {
                _cache.Commit();
                _sinceSave.Restart();
            }

            return true;
        }
    }

    public void Enter()
    {
        lock (_gate)
        {
            _users++;
            if (_cache is not null && !_isWriter && _seen != Files())
            {
                // Another process has added to the cache, or it was deleted.
                _cache.Dispose();
                _cache = null;
            }
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _users--;
            if (_users == 0 && _isWriter)
            {
                CloseWriter();
            }
        }
    }

    private void CloseWriter()
    {
        var cache = _cache!;
        _cache = null;
        _isWriter = false;
        using (cache)
        {
            cache.Commit();
        }
    }

    private void CheckKey()
    {
        using var cache = OpenToRead();
        if (cache is not null && !cache.Key.Matches(_key))
        {
            throw new FeatureCacheException(
                $"The feature cache {_folder} holds features of {cache.Key}; these would be of {_key}. Use another CacheFolder, or the network and tap it was made with.");
        }
    }

    private FeatureCache? OpenToRead()
    {
        _seen = Files();
        return _seen.Length > 0 ? FeatureCache.OpenRead(_folder) : null;
    }

    /// <summary>Names, lengths and dates of the cache's files; empty where there are none.</summary>
    private string Files() => Directory.Exists(_folder)
        ? string.Join('|', new DirectoryInfo(_folder).EnumerateFiles().Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal))
        : "";
}
