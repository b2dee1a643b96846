using System.Numerics;
using MlTransfer.Datasets.Bottlenecks;

namespace MlTransfer.Datasets.Pickles;

/// <summary>Labels of a pickle: an array, a list or a tuple; numbers or texts.</summary>
internal static class PickledLabels
{
    /// <summary>Reads one label a row, as numbers or as texts.</summary>
    /// <param name="labels">The pickled value.</param>
    /// <param name="rows">How many there must be.</param>
    /// <exception cref="InvalidDataException">Another kind or number of values.</exception>
    public static (long[]? Numbers, string[]? Texts) Read(object labels, int rows)
    {
        switch (labels)
        {
            case PickledArray stored:
                var isColumn = stored.Shape.Length == 1 || (stored.Shape.Length == 2 && stored.Shape[1] == 1);
                if (!isColumn || stored.Shape[0] != rows)
                {
                    throw new InvalidDataException($"the labels have shape ({string.Join(", ", stored.Shape)}) for {rows} rows of features; ({rows}) or ({rows}, 1) was expected.");
                }

                var array = stored.ToArray();
                return array.Descr[1] is 'U' or 'S' ? (null, array.AsText()) : (FeatureNumbers.ToClasses(array), null);
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

    private static string? Text(object item) => item is PickledScalar { Type.Descr: [_, 'U' or 'S', ..] } scalar ? scalar.ToArray().AsText()[0] : PickledKind.AsName(item);

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
