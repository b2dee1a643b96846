using System.Globalization;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Splits;

/// <summary>The subset of every row. Immutable; safe to read from any thread.</summary>
public sealed record DatasetSplit
{
    internal DatasetSplit(IReadOnlyList<Subset> subsets, IReadOnlyList<string> notices)
    {
        Subsets = subsets;
        Notices = notices;
    }

    /// <summary>One subset a row, in the order of the rows given.</summary>
    public IReadOnlyList<Subset> Subsets { get; }

    /// <summary>What a user should know, one sentence each: classes without training or test rows, empty subsets.</summary>
    public IReadOnlyList<string> Notices { get; }

    /// <summary>The rows of one subset, ascending.</summary>
    /// <param name="subset">Which.</param>
    public int[] Rows(Subset subset) => [.. Enumerable.Range(0, Subsets.Count).Where(row => Subsets[row] == subset)];

    /// <summary>A split that was made before or elsewhere.</summary>
    /// <param name="subsets">One a row.</param>
    /// <param name="labels">One a row, for the notices.</param>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public static DatasetSplit Of(IReadOnlyList<Subset> subsets, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(subsets);
        ArgumentNullException.ThrowIfNull(labels);
        return subsets.Count == labels.Count
            ? new DatasetSplit(subsets, Describe(subsets, labels))
            : throw new ArgumentException($"{subsets.Count} subsets for {labels.Count} rows.", nameof(subsets));
    }

    /// <summary>The split that the source itself states (<see cref="LabeledImage.Subset"/>).</summary>
    /// <param name="dataset">The images.</param>
    /// <returns>The split, or null when no image has a stated subset. An image without one, beside images with one, is used for training.</returns>
    public static DatasetSplit? Declared(ImageDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.Images.Any(image => image.Subset is not null)
            ? Of([.. dataset.Images.Select(image => image.Subset ?? Subset.Training)], [.. dataset.Images.Select(image => image.Label)])
            : null;
    }

    private static List<string> Describe(IReadOnlyList<Subset> subsets, IReadOnlyList<string> labels)
    {
        var counts = new SortedDictionary<string, int[]>(PathOrder.Natural);
        for (var row = 0; row < labels.Count; row++)
        {
            if (!counts.TryGetValue(labels[row], out var count))
            {
                counts[labels[row]] = count = new int[3];
            }

            count[(int)subsets[row]]++;
        }

        var notices = new List<string>();
        foreach (var (subset, consequence) in new[]
                 {
                     (Subset.Training, "it cannot be learned"),
                     (Subset.Test, "nothing is known about how well it is told"),
                     (Subset.Validation, "validation figures leave it out"),
                 })
        {
            var used = counts.Values.Any(count => count[(int)subset] > 0);
            var without = counts.Where(pair => pair.Value[(int)subset] == 0).Select(pair => pair.Key).ToList();
            if (used && without.Count > 0)
            {
                var named = string.Join(", ", without.Take(10)) + (without.Count > 10 ? string.Create(CultureInfo.InvariantCulture, $" and {without.Count - 10} more") : "");
                notices.Add($"No {subset.ToString().ToLowerInvariant()} image of {named}: {consequence}.");
            }
        }

        if (labels.Count > 0 && !subsets.Contains(Subset.Training))
        {
            notices.Add("No image is left for training; lower the testing and validation shares.");
        }

        return notices;
    }
}
