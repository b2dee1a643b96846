using MlTransfer.Datasets.Splits;
using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Which images hang together as near-duplicates.</summary>
/// <param name="Groups">A group a row.</param>
internal sealed record DuplicateGroups(int[] Groups)
{
    private const int MostPairs = 1_000_000;

    /// <summary>Looks for them.</summary>
    public static DuplicateGroups Find(LabeledFeatures features, double threshold, int threads, CancellationToken cancellation)
    {
        var found = features.NearDuplicates(threshold, new NearDuplicateOptions { Threads = threads, MaxPairs = MostPairs }, cancellation);
        return found.Total <= MostPairs
            ? new DuplicateGroups(found.Groups(features.Paths.Count))
            : throw new InvalidDataException(FormattableString.Invariant($"{found.Total} pairs of images are more similar than {found.Threshold}; so many can not be kept together. Raise --duplicate-threshold."));
    }

    /// <summary>The groups of some rows.</summary>
    public int[] Of(int[] rows) => Array.ConvertAll(rows, row => Groups[row]);

    /// <summary>A split in which no group is split up: training takes a group of which it has an image, else validation.</summary>
    public DatasetSplit KeepTogether(DatasetSplit split, IReadOnlyList<string> labels)
    {
        // Training, validation, test, in the order in which they take.
        var subsetOf = Enumerable.Range(0, Groups.Length).GroupBy(row => Groups[row]).ToDictionary(group => group.Key, group => group.Min(row => split.Subsets[row]));
        return DatasetSplit.Of([.. Groups.Select(group => subsetOf[group])], labels);
    }
}
