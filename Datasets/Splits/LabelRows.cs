using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Splits;

/// <summary>The rows of each class, shuffled by a seed.</summary>
internal static class LabelRows
{
    /// <summary>One array of rows a class, classes in natural order of their labels.</summary>
    public static IReadOnlyList<int[]> Shuffled(IReadOnlyList<string> labels, long seed)
    {
        var rows = new SortedDictionary<string, List<int>>(PathOrder.Natural);
        for (var row = 0; row < labels.Count; row++)
        {
            if (!rows.TryGetValue(labels[row], out var list))
            {
                rows[labels[row]] = list = [];
            }

            list.Add(row);
        }

        var random = new SplitMix64(unchecked((ulong)seed));
        var classes = new List<int[]>(rows.Count);
        foreach (var list in rows.Values)
        {
            var shuffled = list.ToArray();
            random.Shuffle(shuffled);
            classes.Add(shuffled);
        }

        return classes;
    }
}
