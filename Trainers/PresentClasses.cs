namespace MlTransfer.Trainers;

/// <summary>
/// The classes that have training rows, numbered anew. A class without rows is left out of the fit: nothing would hold its bias, which falls
/// without end while its probability goes to zero.
/// </summary>
internal sealed class PresentClasses
{
    /// <summary>The bias of a class without rows: low enough that its probability is zero beside any other class, yet finite in every file format.</summary>
    public const float BiasWithoutRows = -1e30f;

    private PresentClasses(int allCount, int[] numbers, int[] rowsOf, int[] rowLabels, IReadOnlyList<string> notices)
    {
        AllCount = allCount;
        Numbers = numbers;
        RowsOf = rowsOf;
        RowLabels = rowLabels;
        Notices = notices;
    }

    /// <summary>Classes, with or without rows.</summary>
    public int AllCount { get; }

    /// <summary>Classes with rows.</summary>
    public int Count => Numbers.Length;

    /// <summary>The original number of each class with rows.</summary>
    public int[] Numbers { get; }

    /// <summary>Rows of each class with rows.</summary>
    public int[] RowsOf { get; }

    /// <summary>The new number of each row's class.</summary>
    public int[] RowLabels { get; }

    public IReadOnlyList<string> Notices { get; }

    public static PresentClasses Of(FeatureMatrix features, ReadOnlySpan<int> labels, IReadOnlyList<string> names)
    {
        LabelChecks.ThrowIfNotLabels(features, labels, names.Count);
        var counts = new int[names.Count];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        var numbers = Enumerable.Range(0, counts.Length).Where(label => counts[label] > 0).ToArray();
        if (numbers.Length < 2)
        {
            throw new TrainingDataException(
                numbers.Length == 0
                    ? "There are no training rows."
                    : $"All {labels.Length} training rows are of class '{names[numbers[0]]}'; a classifier needs rows of at least two classes. Add examples of another class, or another split.");
        }

        var missing = Enumerable.Range(0, counts.Length).Where(label => counts[label] == 0).Select(label => $"'{names[label]}'").ToArray();
        const int named = 10;
        IReadOnlyList<string> notices = missing.Length == 0
            ? []
            : [$"{missing.Length} of {counts.Length} classes have no training rows and will never be predicted: {string.Join(", ", missing.Take(named))}{(missing.Length > named ? ", …" : "")}."];
        var renumbered = new int[counts.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            renumbered[numbers[i]] = i;
        }

        var rowLabels = new int[labels.Length];
        for (var r = 0; r < rowLabels.Length; r++)
        {
            rowLabels[r] = renumbered[labels[r]];
        }

        return new PresentClasses(counts.Length, numbers, [.. numbers.Select(label => counts[label])], rowLabels, notices);
    }
}
