using System.Collections.Frozen;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Sources;

/// <summary>Which columns of a list hold the path, the label and the subset.</summary>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Path">Column of the paths.</param>
/// <param name="Label">Column of the labels.</param>
/// <param name="Subset">Column of the subsets, or −1.</param>
/// <param name="Weight">Column of the weights, or −1.</param>
/// <param name="Width">Fields that each row must have.</param>
internal sealed record CsvColumns(bool HasHeader, int Path, int Label, int Subset, int Weight, int Width)
{
    private static readonly FrozenSet<string> PathNames = new[]
    {
        "path", "file", "filename", "filepath", "image", "images", "imagepath", "imagefile", "imagename", "imagefilename", "imageuri", "imageurl", "imageid", "img", "imgpath", "uri", "gcsuri", "relativepath",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> LabelNames =
        new[] { "label", "labels", "class", "classname", "classlabel", "category", "target", "tag", "species" }.ToFrozenSet();

    private static readonly FrozenSet<string> SubsetNames = new[] { "split", "subset", "set", "partition", "mluse", "usage" }.ToFrozenSet();

    private static readonly FrozenSet<string> WeightNames = new[] { "weight", "sampleweight", "exampleweight", "imageweight", "rowweight", "instanceweight" }.ToFrozenSet();

    private static readonly FrozenDictionary<string, Subset?> Subsets = new Dictionary<string, Subset?>
    {
        ["train"] = Splits.Subset.Training,
        ["training"] = Splits.Subset.Training,
        ["val"] = Splits.Subset.Validation,
        ["valid"] = Splits.Subset.Validation,
        ["validation"] = Splits.Subset.Validation,
        ["dev"] = Splits.Subset.Validation,
        ["test"] = Splits.Subset.Test,
        ["testing"] = Splits.Subset.Test,
        ["unassigned"] = null,
        [""] = null,
    }.ToFrozenDictionary();

    /// <summary>Whether a row names both a path and a label column.</summary>
    public static bool IsHeader(string[] fields) => fields.Any(field => PathNames.Contains(Bare(field))) && fields.Any(field => LabelNames.Contains(Bare(field)));

    /// <summary>Whether a column of this name is known to hold labels.</summary>
    public static bool IsLabelName(string field) => LabelNames.Contains(Bare(field));

    /// <summary>Whether a column of this name is known to hold paths.</summary>
    public static bool IsPathName(string field) => PathNames.Contains(Bare(field));

    /// <summary>Whether a column of this name is known to hold subsets.</summary>
    public static bool IsSubsetName(string field) => SubsetNames.Contains(Bare(field));

    /// <summary>The subset that a field names; false when it names none.</summary>
    public static bool TrySubset(string field, out Subset? subset) => Subsets.TryGetValue(Bare(field), out subset);

    /// <summary>Finds the columns by the options, by the first row, or by what the rows hold.</summary>
    /// <exception cref="DatasetException">They cannot be told apart; the message says what to state.</exception>
    public static CsvColumns Find(IReadOnlyList<CsvRecord> records, CsvListOptions options, string file)
    {
        var first = records[0].Fields;
        if (options.PathColumn is not null || options.LabelColumn is not null || IsHeader(first))
        {
            var path = Named(first, options.PathColumn, PathNames, "path", file);
            var label = Named(first, options.LabelColumn, LabelNames, "label", file);
            return path != label
                ? new CsvColumns(
                    true, path, label, Array.FindIndex(first, field => SubsetNames.Contains(Bare(field))), Array.FindIndex(first, field => WeightNames.Contains(Bare(field))), first.Length)
                : throw new DatasetException($"{file}: column '{first[path]}' cannot be both the path and the label.");
        }

        if (first.Length < 2)
        {
            throw new DatasetException(
                $"{file}, line {records[0].Line}: one field only ({first.FirstOrDefault()}); 'path,label' was expected, with a comma, semicolon, tab or vertical bar between.");
        }

        // Google's AutoML lists begin with the use of each row: TRAIN, VALIDATION, TEST, UNASSIGNED.
        var width = first.Length;
        var complete = records.Where(record => record.Fields.Length == width).ToList();
        var leading = width >= 3 && complete.All(record => TrySubset(record.Fields[0], out _)) ? 1 : 0;
        var images = Enumerable.Range(leading, width - leading)
            .Where(column => complete.All(record => ImageFileNames.HasImageExtension(record.Fields[column]))).ToList();
        if (width - leading == 2)
        {
            var path = images.Count == 1 ? images[0] : leading;
            return new CsvColumns(false, path, leading + leading + 1 - path, leading - 1, -1, width);
        }

        throw new DatasetException(
            $"{file}, line {records[0].Line}: {width} columns and no header that names the path and the label. Begin the file with a line such as 'path,label', or leave two columns.");
    }

    private static int Named(string[] header, string? wanted, FrozenSet<string> usual, string meaning, string file)
    {
        var column = wanted is null
            ? Array.FindIndex(header, field => usual.Contains(Bare(field)))
            : Array.FindIndex(header, field => field.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        return column >= 0
            ? column
            : throw new DatasetException($"{file}: no column {(wanted is null ? $"that is known to hold the {meaning}" : $"'{wanted}'")}; the first row has {string.Join(", ", header)}. State the {meaning} column.");
    }

    /// <summary>A name without case, spaces, '_' and '-'.</summary>
    private static string Bare(string field) => string.Concat(field.Where(c => c is not (' ' or '_' or '-'))).ToLowerInvariant();
}
