using System.Collections.Frozen;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>
/// Reads a NumPy archive of features: ours (<c>features</c>, <c>labels</c>, <c>paths</c>, <c>sha256</c>) and others' by the names in use (<c>X</c>, <c>y</c>; <c>x_train</c>,
/// <c>y_train</c>, <c>x_test</c> …; <c>arr_0</c>, <c>arr_1</c>).
/// </summary>
internal static class NpzFeatures
{
    private const int MaxArrayBytes = 0x7FFF_FFC7;

    private static readonly FrozenSet<string> FeatureNames = new[] { "features", "feature", "x", "data", "bottleneck", "bottlenecks", "embeddings", "embedding", "images", "arr0" }.ToFrozenSet();
    private static readonly FrozenSet<string> LabelNames = new[] { "labels", "label", "y", "target", "targets", "classes", "class", "arr1" }.ToFrozenSet();
    private static readonly FrozenSet<string> PathNames = new[] { "paths", "path", "files", "file", "filenames", "filename", "names", "name" }.ToFrozenSet();
    private static readonly FrozenSet<string> SubsetNames = new[] { "split", "splits", "subset", "subsets" }.ToFrozenSet();
    private static readonly (string Word, Subset Subset)[] SubsetWords =
    [
        ("training", Subset.Training), ("train", Subset.Training), ("validation", Subset.Validation), ("valid", Subset.Validation), ("val", Subset.Validation), ("dev", Subset.Validation),
        ("testing", Subset.Test), ("test", Subset.Test),
    ];

    /// <summary>Reads the archive.</summary>
    /// <exception cref="InvalidDataException">Damaged, or no features; the message lists what is there.</exception>
    public static BottleneckSet Read(string path)
    {
        using var archive = new NpzReader(path, MaxArrayBytes);
        try
        {
            var whole = archive.Names.Where(name => FeatureNames.Contains(Bare(name))).ToArray();
            return whole.Length > 0 ? ReadWhole(archive, whole[0]) : ReadParts(archive) ?? throw new InvalidDataException(
                $"no array is known to hold features; 'features' or 'X' (or x_train, x_test) was expected, there are {string.Join(", ", archive.Names.Take(20))}.");
        }
        catch (InvalidDataException fault) when (!fault.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    private static BottleneckSet ReadWhole(NpzReader archive, string features)
    {
        var array = archive.Read(features);
        var values = FeatureNumbers.ToFeatures(array);
        var rows = array.Shape[0];
        var (numbers, texts) = Named(archive, LabelNames) is { } labels ? LabelArray.Read(archive.Read(labels), rows) : (null, null);
        var names = Named(archive, PathNames) is { } paths ? Texts(archive, paths, rows) : null;
        if (names?.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } repeated)
        {
            throw new InvalidDataException($"two rows have the path {repeated.Key}; a path names one row.");
        }

        return new BottleneckSet(values, array.Shape, numbers, texts, names)
        {
            Subsets = Named(archive, SubsetNames) is { } subsets ? [.. Texts(archive, subsets, rows).Select(SubsetOf)] : null,
            Hashes = archive.Contains("sha256") ? [.. Texts(archive, "sha256", rows).Select(HashOf)] : null,
        };
    }

    /// <summary>x_train and y_train, x_test and y_test and the like, one after the other; null where there are none.</summary>
    private static BottleneckSet? ReadParts(NpzReader archive)
    {
        var parts = new List<BottleneckSet>();
        foreach (var (word, subset) in SubsetWords)
        {
            if (Part(archive, FeatureNames, word) is not { } features)
            {
                continue;
            }

            var array = archive.Read(features);
            var (numbers, texts) = Part(archive, LabelNames, word) is { } labels ? LabelArray.Read(archive.Read(labels), array.Shape.Count == 0 ? 0 : array.Shape[0]) : (null, null);
            var part = new BottleneckSet(FeatureNumbers.ToFeatures(array), array.Shape, numbers, texts, [.. Enumerable.Range(0, array.Shape[0]).Select(row => $"{features}#{row}")]);
            parts.Add(part.As(subset));
        }

        return parts.Count == 0 ? null : BottleneckSet.Join(parts);
    }

    private static string? Part(NpzReader archive, FrozenSet<string> names, string word) =>
        archive.Names.FirstOrDefault(name => Bare(name) is var bare && ((bare.StartsWith(word, StringComparison.Ordinal) && names.Contains(bare[word.Length..])) || (bare.EndsWith(word, StringComparison.Ordinal) && names.Contains(bare[..^word.Length]))));

    private static string? Named(NpzReader archive, FrozenSet<string> names) => archive.Names.FirstOrDefault(name => names.Contains(Bare(name)));

    private static string Bare(string name) => string.Concat(name.Where(letter => letter is not ('_' or '-' or ' '))).ToLowerInvariant();

    private static string[] Texts(NpzReader archive, string name, int rows)
    {
        var array = archive.Read(name);
        return array.Descr[1] is 'U' or 'S' && array.Shape is [var count] && count == rows
            ? array.AsText()
            : throw new InvalidDataException($"array '{name}' is {array.Descr} ({string.Join(", ", array.Shape)}); {rows} texts, one a row, were expected.");
    }

    private static Subset? SubsetOf(string text, int row) =>
        CsvColumns.TrySubset(text, out var subset) ? subset : throw new InvalidDataException($"the split of row {row} is '{text}'; train, validation or test was expected.");

    private static ContentHash HashOf(string text, int row)
    {
        try
        {
            return ContentHash.Parse(text);
        }
        catch (FormatException fault)
        {
            throw new InvalidDataException($"the sha256 of row {row} is '{text}'; 64 hexadecimal digits were expected.", fault);
        }
    }
}
