using System.Globalization;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>What each column of a table of features holds.</summary>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="Name">Column of the rows' names (paths), or −1.</param>
/// <param name="Label">Column of the labels, or −1.</param>
/// <param name="Subset">Column of the splits, or −1.</param>
/// <param name="Features">Columns of the features, in their order; at least one.</param>
/// <param name="Width">Fields that each row must have.</param>
/// <param name="Notices">What a user should know of how the columns were told apart.</param>
internal sealed record FeatureColumns(bool HasHeader, int Name, int Label, int Subset, int[] Features, int Width, IReadOnlyList<string> Notices)
{
    private const double LargestGuessedClass = 1e6;
    private static readonly string[] MoreLabelNames = ["y", "classid", "labelid", "classindex", "labelindex", "classnumber"];
    private static readonly string[] MoreNameNames = ["", "unnamed: 0", "id", "index", "name", "row", "key"];

    /// <summary>Tells the columns apart by the first rows.</summary>
    /// <param name="rows">Up to some hundred rows from the beginning, the header included; at least one.</param>
    /// <param name="labelColumn">The column that the user names as that of the labels, by name or number from 1; null: none.</param>
    /// <param name="labelsElsewhere">Whether the labels lie in another file.</param>
    /// <exception cref="InvalidDataException">No features, or roles that can not be told.</exception>
    public static FeatureColumns Find(IReadOnlyList<string[]> rows, string? labelColumn, bool labelsElsewhere)
    {
        var first = rows[0];
        var body = rows.Count > 1 ? rows[1] : null;
        var isNumbered = IsNumbered(rows);
        var hasHeader = isNumbered || IsHeader(first, body, labelColumn);
        var data = hasHeader ? body ?? [] : first;
        var width = first.Length;
        var free = Enumerable.Range(0, width).ToList();
        var notices = new List<string>();
        int Take(int column)
        {
            free.Remove(column);
            return column;
        }

        int label = -1, name = -1, subset = -1;
        if (labelColumn is not null)
        {
            label = Take(Stated(first, labelColumn, hasHeader));
        }

        if (hasHeader)
        {
            label = label >= 0 || labelsElsewhere ? label : Take(free.FirstOrDefault(column => IsLabel(first[column]), -1));
            subset = Take(free.FirstOrDefault(column => CsvColumns.IsSubsetName(first[column]), -1));
            name = Take(free.FirstOrDefault(column => CsvColumns.IsPathName(first[column]), -1));
            name = name >= 0 ? name : Take(free.FirstOrDefault(column => IsName(first[column]), -1));
            free.RemoveAll(column => IsName(first[column]));
        }

        var texts = free.Where(column => column < data.Length && !IsNumber(data[column])).ToList();
        if (!hasHeader && subset < 0 && texts.Count > 1)
        {
            subset = texts.FirstOrDefault(column => rows.All(row => column < row.Length && CsvColumns.TrySubset(row[column], out _)), -1);
            texts.Remove(Take(subset));
        }

        if (name < 0 && texts.Count > (label < 0 && !labelsElsewhere ? 1 : 0))
        {
            name = texts.FirstOrDefault(column => ImageFileNames.HasImageExtension(data[column]), hasHeader ? -1 : texts[0]);
            texts.Remove(Take(name));
        }

        if (label < 0 && !labelsElsewhere && texts.Count == 1)
        {
            label = Take(texts[0]);
            texts.Clear();
        }

        if (texts.Count > 0)
        {
            if (!hasHeader)
            {
                throw new InvalidDataException($"columns {string.Join(", ", texts.Select(column => column + 1))} hold texts and no header says which are the labels. Begin the file with a line such as 'path,label,f0,f1', or name the label column.");
            }

            free.RemoveAll(texts.Contains);
            notices.Add($"Left out, being no numbers: column{(texts.Count == 1 ? "" : "s")} {string.Join(", ", texts.Take(10).Select(column => first[column]))}.");
        }

        if ((!hasHeader || isNumbered) && label < 0 && !labelsElsewhere && free.Count > 1)
        {
            label = GuessLabel(isNumbered ? [.. rows.Skip(1)] : rows, free[0], free[^1]);
            if (label >= 0)
            {
                notices.Add($"No header says which column holds the labels: the {(label == free[0] ? "first" : "last")} is taken, being whole numbers. If it is a feature, say which column it is (1 is the first).");
            }

            Take(label);
        }

        return free.Count > 0
            ? new FeatureColumns(hasHeader, name, label, subset, [.. free], width, notices)
            : throw new InvalidDataException($"no column holds features; 'path,label' and numbers were expected, the first row has {string.Join(", ", first.Take(8))}.");
    }

    /// <summary>Whether a field is a number in the form that Python and C# write.</summary>
    public static bool IsNumber(string field) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>
    /// Whether the first row only counts the columns, as pandas names those of an array: 0, 1, 2 …, after an empty field where there is an index. Rows of
    /// decimals below tell it from data.
    /// </summary>
    private static bool IsNumbered(IReadOnlyList<string[]> rows)
    {
        var counted = rows[0].AsSpan(rows[0] is ["", ..] ? 1 : 0);
        for (var i = 0; i < counted.Length; i++)
        {
            if (counted[i] != i.ToString(CultureInfo.InvariantCulture))
            {
                return false;
            }
        }

        return counted.Length > 1 && rows.Skip(1).Any(row => row.Any(field => field.Contains('.', StringComparison.Ordinal) && IsNumber(field)));
    }

    private static bool IsHeader(string[] first, string[]? second, string? labelColumn)
    {
        if (second is not null && Enumerable.Range(0, Math.Min(first.Length, second.Length)).Any(column => !IsNumber(first[column]) && IsNumber(second[column]) && first[column].Length > 0))
        {
            return true;
        }

        // A data frame saved with numbered columns: 0, 1, 2 … beside the named ones.
        var numbers = first.Where(IsNumber).ToArray();
        var isCounted = numbers.Select((text, index) => (text, index)).All(pair => int.TryParse(pair.text, out var value) && (value == pair.index || value == pair.index + 1));
        return isCounted && first.Any(field => IsLabel(field) || CsvColumns.IsPathName(field) || field.Equals(labelColumn, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLabel(string field) => CsvColumns.IsLabelName(field) || MoreLabelNames.Contains(Bare(field));

    private static bool IsName(string field) => MoreNameNames.Contains(field.Trim().ToLowerInvariant()) || field.Equals("sha256", StringComparison.OrdinalIgnoreCase);

    private static string Bare(string field) => string.Concat(field.Where(letter => letter is not (' ' or '_' or '-'))).ToLowerInvariant();

    private static int Stated(string[] first, string labelColumn, bool hasHeader)
    {
        var column = hasHeader ? Array.FindIndex(first, field => field.Equals(labelColumn, StringComparison.OrdinalIgnoreCase)) : -1;
        if (column < 0 && int.TryParse(labelColumn, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= first.Length)
        {
            column = number - 1;
        }

        return column >= 0
            ? column
            : throw new InvalidDataException($"there is no label column '{labelColumn}'; {(hasHeader ? $"the columns are {string.Join(", ", first.Take(10))}{(first.Length > 10 ? " …" : "")}" : $"without a header, a number from 1 to {first.Length} was expected")}.");
    }

    /// <summary>
    /// ML.NET's text form has the class first; a data frame has it last. Numbers without a decimal point are rather classes than those that are whole with one.
    /// −1 where neither is a whole number throughout.
    /// </summary>
    private static int GuessLabel(IReadOnlyList<string[]> rows, int first, int last)
    {
        foreach (var style in new[] { NumberStyles.None, NumberStyles.Float })
        {
            foreach (var column in new[] { first, last })
            {
                if (rows.All(row => column < row.Length && double.TryParse(row[column], style, CultureInfo.InvariantCulture, out var value) && value >= 0 && value < LargestGuessedClass && Math.Floor(value) == value))
                {
                    return column;
                }
            }
        }

        return -1;
    }
}
