using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Labels that stand in an array: class numbers or texts, (N) or (N, 1), or one-hot rows (N, classes).</summary>
internal static class LabelArray
{
    /// <summary>Reads one label a row.</summary>
    /// <param name="array">The labels.</param>
    /// <param name="rows">How many there must be.</param>
    /// <exception cref="InvalidDataException">Another shape, or a value that is no label.</exception>
    public static (IReadOnlyList<long>? Numbers, IReadOnlyList<string>? Texts) Read(NpyArray array, int rows)
    {
        var shape = array.Shape;
        if (shape.Count is not (1 or 2) || shape[0] != rows)
        {
            throw new InvalidDataException($"the labels have shape ({string.Join(", ", shape)}) for {rows} rows of features; ({rows}), ({rows}, 1) or one-hot ({rows}, classes) was expected.");
        }

        if (array.Descr[1] is 'U' or 'S')
        {
            return shape.Count == 1 || shape[1] == 1 ? (null, array.AsText()) : throw new InvalidDataException($"the labels are texts of shape ({string.Join(", ", shape)}); one a row was expected.");
        }

        var numbers = FeatureNumbers.ToClasses(array);
        return shape.Count == 1 || shape[1] == 1 ? (numbers, null) : (FromOneHot(numbers, shape[1]), null);
    }

    private static long[] FromOneHot(long[] values, int classes)
    {
        var numbers = new long[classes == 0 ? 0 : values.Length / classes];
        for (var row = 0; row < numbers.Length; row++)
        {
            var marks = values.AsSpan(row * classes, classes);
            numbers[row] = marks.IndexOf(1);
            if (numbers[row] < 0 || marks.IndexOfAnyExcept(0, 1) >= 0 || marks.Count(1) != 1)
            {
                throw new InvalidDataException($"the labels have {classes} columns, and row {row} has not one 1 among zeros; class numbers or one-hot rows were expected.");
            }
        }

        return numbers;
    }
}
