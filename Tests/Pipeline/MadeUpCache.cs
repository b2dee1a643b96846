using System.Globalization;
using System.Runtime.InteropServices;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.Pipeline.Tests;

/// <summary>A feature cache of made-up images: each label has its own centre. It needs no network, so commands on features are tested in a moment.</summary>
internal sealed class MadeUpCache
{
    private readonly List<(string Path, string Label, float[] Features)> _rows = [];

    /// <summary>Makes the images.</summary>
    /// <param name="labels">Labels; the first so many are used.</param>
    /// <param name="rows">Images a label.</param>
    /// <param name="separation">How far apart labels are; 0 makes them one.</param>
    /// <param name="seed">Seed of the noise.</param>
    /// <param name="columns">Features an image.</param>
    public MadeUpCache(string[] labels, int rows, double separation, int seed = 1, int columns = 24)
    {
        var random = new Random(seed);
        foreach (var label in labels)
        {
            var centre = Enumerable.Range(0, columns).Select(_ => random.NextDouble() * separation).ToArray();
            for (var row = 0; row < rows; row++)
            {
                _rows.Add(($"{label}/{row.ToString("000", CultureInfo.InvariantCulture)}.jpg", label, [.. centre.Select(value => (float)(value + random.NextDouble()))]));
            }
        }
    }

    /// <summary>The images so far.</summary>
    public IReadOnlyList<(string Path, string Label, float[] Features)> Rows => _rows;

    /// <summary>Makes an image all but the same as another.</summary>
    public MadeUpCache Copy(string from, string to, float change)
    {
        var source = _rows.Single(row => row.Path == from).Features;
        var place = _rows.FindIndex(row => row.Path == to);
        _rows[place] = _rows[place] with { Features = [.. source.Select((value, number) => value + (number % 2 == 0 ? change : -change))] };
        return this;
    }

    /// <summary>Gives an image another label; its name stays.</summary>
    public MadeUpCache Relabel(string path, string label)
    {
        var place = _rows.FindIndex(row => row.Path == path);
        _rows[place] = _rows[place] with { Label = label };
        return this;
    }

    /// <summary>Writes the cache.</summary>
    public string Save(string folder, string tap = "tap:0")
    {
        using var cache = FeatureCache.Open(folder, new FeatureStoreKey("made-up", new string('a', 64), tap, _rows[0].Features.Length, "made-up"));
        foreach (var (path, label, features) in _rows)
        {
            var hash = ContentHash.Of(MemoryMarshal.AsBytes(features.AsSpan()));
            if (cache.TryGetRow(hash, out _))
            {
                cache.Assign(path, label, hash);
            }
            else
            {
                cache.Append(path, label, hash, features);
            }
        }

        cache.Commit();
        return folder;
    }
}
