namespace MlTransfer.Trainers;

/// <summary>
/// The classes that have training rows, numbered anew. A class without rows is left out of the fit: nothing would hold its bias, which falls
/// without end while its probability goes to zero. With label smoothing every class is fitted, since each gets a share of every row.
/// </summary>
internal sealed class PresentClasses
{
    /// <summary>The bias of a class without rows: low enough that its probability is zero beside any other class, yet finite in every file format.</summary>
    public const float BiasWithoutRows = -1e30f;

    /// <summary>A bias below this is that of a class without rows.</summary>
    private const float LeastBias = BiasWithoutRows / 2;

    private const int MostNamed = 10;

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

    /// <summary>Classes that are fitted.</summary>
    public int Count => Numbers.Length;

    /// <summary>The original number of each fitted class.</summary>
    public int[] Numbers { get; }

    /// <summary>Rows of each fitted class.</summary>
    public int[] RowsOf { get; }

    /// <summary>The new number of each row's class; zero for rows that weigh nothing and whose class is left out.</summary>
    public int[] RowLabels { get; }

    public IReadOnlyList<string> Notices { get; }

    /// <summary>The biases to start a fit from: a class that was never predicted starts at the least bias of the others, where its first rows still move it.</summary>
    public static float[] StartingBias(ReadOnlySpan<float> bias)
    {
        var least = 0f;
        foreach (var value in bias)
        {
            least = value > LeastBias ? Math.Min(least, value) : least;
        }

        return Array.ConvertAll(bias.ToArray(), value => value > LeastBias ? value : least);
    }

    /// <summary>Sees to it that a class without rows is never predicted, whatever training in mini-batches left of its first weights.</summary>
    public void Silence(Span<float> bias)
    {
        for (var label = 0; label < AllCount; label++)
        {
            if (Array.BinarySearch(Numbers, label) < 0)
            {
                bias[label] = BiasWithoutRows;
            }
        }
    }

    /// <summary>The classes that have rows.</summary>
    public static PresentClasses Of(IFeatureSource features, ReadOnlySpan<int> labels, IReadOnlyList<string> names)
    {
        LabelChecks.ThrowIfNotLabels(features, labels, names.Count);
        return Of(labels, names, null, false);
    }

    /// <summary>The classes that have rows of weight above zero, or all of them.</summary>
    /// <param name="labels">A class a row, checked before.</param>
    /// <param name="names">Names of the classes.</param>
    /// <param name="rowWeights">How much each row counts; null where each counts once.</param>
    /// <param name="every">Whether classes without rows are fitted too.</param>
    public static PresentClasses Of(ReadOnlySpan<int> labels, IReadOnlyList<string> names, double[]? rowWeights, bool every)
    {
        var counts = new int[names.Count];
        for (var r = 0; r < labels.Length; r++)
        {
            counts[labels[r]] += rowWeights is null || rowWeights[r] > 0 ? 1 : 0;
        }

        var occupied = Enumerable.Range(0, counts.Length).Where(label => counts[label] > 0).ToArray();
        if (occupied.Length < 2)
        {
            throw new TrainingDataException(
                labels.IsEmpty ? "There are no training rows."
                : occupied.Length == 0 ? $"All {labels.Length} training rows weigh nothing: every sample weight, or every class weight, is zero. Give some rows a weight above zero."
                : counts[occupied[0]] == labels.Length ? $"All {labels.Length} training rows are of class '{names[occupied[0]]}'; a classifier needs rows of at least two classes. Add examples of another class, or another split."
                : $"Only rows of class '{names[occupied[0]]}' have a weight above zero; a classifier needs rows of at least two classes. Give rows of another class a weight.");
        }

        var numbers = every ? [.. Enumerable.Range(0, counts.Length)] : occupied;
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

        return new PresentClasses(counts.Length, numbers, [.. numbers.Select(label => counts[label])], rowLabels, Missing(counts, names, rowWeights is not null, every));
    }

    private static string[] Missing(int[] counts, IReadOnlyList<string> names, bool weighted, bool every)
    {
        var missing = Enumerable.Range(0, counts.Length).Where(label => counts[label] == 0).Select(label => $"'{names[label]}'").ToArray();
        var consequence = every ? "are known from label smoothing alone" : "will never be predicted";
        return missing.Length == 0
            ? []
            : [$"{missing.Length} of {counts.Length} classes have no training rows{(weighted ? " of weight above zero" : "")} and {consequence}: {string.Join(", ", missing.Take(MostNamed))}{(missing.Length > MostNamed ? ", …" : "")}."];
    }
}
