using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Bottleneck features that another program computed, and the key under which a cache keeps them.</summary>
/// <param name="Set">Rows, each with a name, and their labels where the source has them.</param>
/// <param name="Key">The graph where the user says which it was, else a stand-in (<see cref="ImportedOrigin"/>).</param>
/// <param name="Classes">The classes in the order of their file, or null.</param>
internal sealed record ImportedFeatures(BottleneckSet Set, FeatureStoreKey Key, IReadOnlyList<string>? Classes)
{
    /// <summary>The classes, in the order a head has them: of the file of names, else in natural order.</summary>
    public IReadOnlyList<string> Labels => Classes ?? [.. Enumerable.Range(0, Set.Rows).Select(Set.LabelOf).Distinct(StringComparer.Ordinal).Order(PathOrder.Natural)];

    /// <summary>Reads the sources, one after the other.</summary>
    /// <exception cref="InvalidDataException">A source is damaged, or they do not go together.</exception>
    public static ImportedFeatures Read(ImportRequest request)
    {
        var set = BottleneckSet.Join([.. request.Files.Select(ReadOne)]);
        var names = request.LabelNames is { } file ? ClassNames.Read(file) : null;
        return new ImportedFeatures(names is null ? set : set.WithClassNames(names), KeyOf(request, set.Dimension), names);
    }

    /// <summary>The rows for a trainer; a row without a label has '?'.</summary>
    public LabeledFeatures ToRows() => new(
        Set.Names!,
        [.. Enumerable.Range(0, Set.Rows).Select(row => Set.HasLabels ? Set.LabelOf(row) : "?")],
        Set.Mapped is { } mapped ? new MappedFeatures(mapped, Set.Names) : new FeatureMatrix(Set.Features, Set.Rows, Set.Dimension, Set.Names));

    /// <summary>The split that the sources state; null where they state none.</summary>
    public DatasetSplit? DeclaredSplit() => Set.Subsets is { } subsets && subsets.Any(subset => subset is not null)
        ? DatasetSplit.Of([.. subsets.Select(subset => subset ?? Subset.Training)], [.. Enumerable.Range(0, Set.Rows).Select(Set.LabelOf)])
        : null;

    /// <summary>Adds every row to a cache of this key and commits.</summary>
    /// <exception cref="InvalidDataException">Two rows of one content have different features.</exception>
    public void Save(FeatureCache cache, CancellationToken cancellation)
    {
        var (features, stored) = (new float[Set.Dimension], new float[Set.Dimension]);
        for (var row = 0; row < Set.Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            Set.CopyRow(row, features);
            var hash = Set.Hashes?[row] ?? ContentHash.Of(MemoryMarshal.AsBytes(features.AsSpan()));
            if (Set.Hashes is not null && cache.TryGetRow(hash, out var known))
            {
                cache.ReadRow(known, stored);
                if (!features.AsSpan().SequenceEqual(stored))
                {
                    throw new InvalidDataException($"{Set.Names![row]} has the content (SHA-256 {hash}) of another row but other features; one of them is wrong.");
                }
            }

            cache.Append(Set.Names![row], Set.LabelOf(row), hash, features);
        }

        cache.Commit();
    }

    private static BottleneckSet ReadOne(FeatureFile file)
    {
        var set = BottleneckSource.Read(file.Path, file.Options).Named(file.Name);
        return file.Subset is { } subset ? set.As(subset) : set;
    }

    private static FeatureStoreKey KeyOf(ImportRequest request, int dimension)
    {
        if (request.Graph is { } graph)
        {
            var (backbone, tap) = BackboneResolver.Resolve(graph, Engines.Default);
            return tap.Dimension == dimension
                ? FeatureExtraction.KeyOf(backbone, tap)
                : throw new InvalidDataException($"{tap.Tensor} of {backbone.Id} gives {tap.Dimension} features an image; {request.Files[0].Path} has {dimension} a row. Name the tensor that computed them with --tensor.");
        }

        return request.Network is { } network
            ? ImportedOrigin.OfNetwork(network, dimension)
            : ImportedOrigin.OfSource(request.Files[0].Name, Digest([.. request.Files.SelectMany(file => BottleneckSource.FilesOf(file.Path, file.Options))]), dimension);
    }

    /// <summary>SHA-256 of the file; of several, SHA-256 of the lines "digest, file name".</summary>
    private static string Digest(string[] files)
    {
        var digests = files.Select(file => (Digest: ContentHash.OfFile(file).ToString(), Name: Path.GetFileName(file))).ToArray();
        return digests.Length == 1
            ? digests[0].Digest
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(digests.Select(file => $"{file.Digest} {file.Name}\n")))));
    }
}
