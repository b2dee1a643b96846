using System.Numerics;
using MlTransfer.Datasets.Bottlenecks;

namespace MlTransfer.Datasets.Pickles;

/// <summary>Labels of a pickle: an array (one label a row, or one-hot rows), a list or a tuple; numbers or texts.</summary>
internal static class PickledLabels
{
    /// <summary>Longest text of a NumPy scalar that is read as a label: a file can name the same one in every row, and each time it would be converted.</summary>
    private const int MostScalarBytes = 4096;

    /// <summary>Reads one label a row, as numbers or as texts.</summary>
    /// <param name="labels">The pickled value.</param>
    /// <param name="rows">How many there must be.</param>
    /// <exception cref="InvalidDataException">Another kind or number of values.</exception>
    public static (IReadOnlyList<long>? Numbers, IReadOnlyList<string>? Texts) Read(object labels, int rows)
    {
        switch (labels)
        {
            case PickledArray stored:
                return LabelArray.Read(stored.ToArray(), rows);
            case List<object> list:
                return FromItems(list, rows);
            case object[] tuple:
                return FromItems(tuple, rows);
            default:
                throw new InvalidDataException($"the labels are {PickledKind.Of(labels)}; an array or a list was expected.");
        }
    }

    private static (long[]? Numbers, string[]? Texts) FromItems(IReadOnlyList<object> items, int rows)
    {
        if (items.Count != rows)
        {
            throw new InvalidDataException($"there are {items.Count} labels for {rows} rows of features; one a row was expected.");
        }

        if (rows > 0 && Text(items[0]) is not null)
        {
            // One text an equal name: a file can repeat a long byte string by a few bytes a row.
            var pool = new HashSet<string>(StringComparer.Ordinal);
            return (null, [.. items.Select((item, row) => Pooled(pool, Text(item)) ?? throw new InvalidDataException($"the label of row {row} is {PickledKind.Of(item)}; a text was expected, as in row 0."))]);
        }

        return ([.. items.Select(Number)], null);
    }

    /// <summary>A text that is short enough for a name; null for anything else.</summary>
    private static string? Text(object item) => item is PickledScalar { Type.Descr: [_, 'U' or 'S', ..] } scalar
        ? scalar.Data.Length <= MostScalarBytes ? scalar.ToArray().AsText()[0] : null
        : PickledKind.AsName(item);

    private static string? Pooled(HashSet<string> pool, string? text)
    {
        if (text is not null && !pool.Add(text) && pool.TryGetValue(text, out var known))
        {
            return known;
        }

        return text;
    }

    private static long Number(object item, int row) => item switch
    {
        long value => value >= 0 ? value : throw FeatureNumbers.NoClass(value, row),
        bool truth => truth ? 1 : 0,
        double value => FeatureNumbers.ToClass(value, row),
        BigInteger large => throw FeatureNumbers.NoClass(PickledKind.Brief(large), row),
        PickledScalar scalar => FeatureNumbers.ToClasses(scalar.ToArray()) is [var value] ? value : throw FeatureNumbers.NoClass(scalar.Type.Descr, row),
        _ => throw new InvalidDataException($"the label of row {row} is {PickledKind.Of(item)}; a whole number of 0 or more was expected."),
    };
}
