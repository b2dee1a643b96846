using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Pickles;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Bottleneck features that another program computed, and the key under which a cache keeps them.</summary>
/// <param name="Set">Rows and labels.</param>
/// <param name="Key">The source's digest stands where the graph's would: what graph it was is not known.</param>
internal sealed record ImportedFeatures(BottleneckSet Set, FeatureStoreKey Key)
{
    /// <summary>Reads a source; its layout is told from its name.</summary>
    /// <param name="source">A folder (retrain.py), a *_features.bin or *_labels.bin (ML.NET), else a pickle.</param>
    /// <param name="name">A name for the features, for messages.</param>
    public static ImportedFeatures Read(string source, string name)
    {
        var (set, files) = Directory.Exists(source)
            ? (RetrainFolder.Read(source), [.. RetrainFolder.FilesOf(source).Select(file => file.Path)])
            : IsMlNet(source)
                ? (MlNetCache.Read(source), [MlNetCache.FilesOf(source).Features, MlNetCache.FilesOf(source).Labels])
                : (BottleneckPickle.Read(source), new[] { source });
        return new ImportedFeatures(set, new FeatureStoreKey($"imported:{name}", Digest(files), "imported", set.Dimension, "unknown"));
    }

    /// <summary>Adds every row to a cache of this key and commits.</summary>
    public void Save(FeatureCache cache)
    {
        for (var row = 0; row < Set.Rows; row++)
        {
            var features = Set.Features.AsSpan(row * Set.Dimension, Set.Dimension);
            var path = Set.Names?[row] ?? row.ToString(CultureInfo.InvariantCulture);
            var label = Set.LabelTexts?[row] ?? Set.Labels![row].ToString(CultureInfo.InvariantCulture);
            cache.Append(path, label, ContentHash.Of(MemoryMarshal.AsBytes(features)), features);
        }

        cache.Commit();
    }

    private static bool IsMlNet(string source) =>
        source.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || (!File.Exists(source) && File.Exists(MlNetCache.FilesOf(source).Features));

    /// <summary>SHA-256 of the file; of several, SHA-256 of the lines "digest, file name".</summary>
    private static string Digest(string[] files)
    {
        var digests = files.Select(file =>
        {
            using var stream = File.OpenRead(file);
            return (Digest: Convert.ToHexStringLower(SHA256.HashData(stream)), Name: Path.GetFileName(file));
        }).ToArray();
        return digests.Length == 1
            ? digests[0].Digest
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(digests.Select(file => $"{file.Digest} {file.Name}\n")))));
    }
}
