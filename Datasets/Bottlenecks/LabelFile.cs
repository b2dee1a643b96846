using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads the labels that lie in a file of their own beside the features: a .npy array, or a text with one label a line.</summary>
internal static class LabelFile
{
    private static readonly (string Features, string Labels)[] NamePairs =
        [("features", "labels"), ("feature", "label"), ("bottlenecks", "labels"), ("bottleneck", "label"), ("embeddings", "labels"), ("X_", "y_"), ("x_", "y_"), ("_X", "_y"), ("_x", "_y")];

    private static readonly string[] Endings = [".npy", ".csv", ".txt"];

    /// <summary>The file of labels whose name goes with a file of features (train_features.npy, train_labels.npy; X_train.npy, y_train.npy); null where there is none.</summary>
    public static string? Beside(string features)
    {
        var folder = Path.GetDirectoryName(features) ?? "";
        var name = Path.GetFileNameWithoutExtension(features);
        return NamePairs
            .Where(pair => name.Contains(pair.Features, StringComparison.Ordinal))
            .Select(pair => name.Replace(pair.Features, pair.Labels, StringComparison.Ordinal))
            .Concat(name is "X" or "x" ? ["y"] : [])
            .SelectMany(labels => Endings.Select(ending => Path.Combine(folder, labels + ending)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Reads one label a row, as numbers or as texts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">How many there must be.</param>
    /// <exception cref="InvalidDataException">Another count, or no labels.</exception>
    public static (IReadOnlyList<long>? Numbers, IReadOnlyList<string>? Texts) Read(string path, int rows)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"The file of labels {path} does not exist.");
        }

        if (BottleneckSource.FormatOf(path) == BottleneckFormat.Npy)
        {
            try
            {
                return LabelArray.Read(NpyReader.Read(path), rows);
            }
            catch (InvalidDataException fault) when (!fault.Message.StartsWith(path, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{path}: {fault.Message}", fault);
            }
        }

        string[] lines = [.. TextLines.Read(path).Select(line => line.Trim().Trim('"'))];
        if (lines.Length == rows + 1 && CsvColumns.IsLabelName(lines[0]))
        {
            lines = lines[1..];
        }

        if (lines.Length != rows)
        {
            throw new InvalidDataException($"{path} has {lines.Length} labels for {rows} rows of features; one a line was expected.");
        }

        var empty = Array.IndexOf(lines, "");
        return empty < 0 ? (null, lines) : throw new InvalidDataException($"{path}: the label of row {empty} is empty.");
    }
}
