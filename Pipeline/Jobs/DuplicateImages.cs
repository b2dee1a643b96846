using System.Globalization;
using MlTransfer.Datasets.Splits;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Images that look like copies of one another.</summary>
/// <param name="Threshold">Similarity from which they count.</param>
/// <param name="Total">Pairs found; more than are listed where there are very many.</param>
/// <param name="Pairs">The pairs, most similar first.</param>
internal sealed record DuplicateImages(double Threshold, long Total, IReadOnlyList<DuplicateImages.Pair> Pairs)
{
    /// <summary>More images are only searched when a user asks for nothing else: every pair is looked at.</summary>
    public const int MostRowsUnasked = 50_000;

    private const int Listed = 20;

    /// <summary>Images that are of two subsets, test ones first in what they say.</summary>
    public IReadOnlyList<string> TestImages =>
        [.. Pairs.SelectMany(pair => new[] { (pair.First, pair.FirstSubset), (pair.Second, pair.SecondSubset) })
            .Where(image => image.Item2 == Subset.Test).Select(image => image.Item1).Distinct(StringComparer.Ordinal)];

    /// <summary>Looks for them; with a split only across its subsets.</summary>
    public static DuplicateImages Find(LabeledFeatures features, DatasetSplit? split, double threshold, int threads, CancellationToken cancellation)
    {
        var options = new NearDuplicateOptions
        {
            Threads = threads,
            Groups = split is null ? default : split.Subsets.Select(subset => (int)subset).ToArray(),
        };
        var found = features.NearDuplicates(threshold, options, cancellation);
        return new DuplicateImages(found.Threshold, found.Total, [.. found.Pairs.Select(pair => Of(features, split, pair))]);
    }

    /// <summary>Says which images of the test or validation set have copies elsewhere.</summary>
    public void SayLeak(CommandOutput output)
    {
        if (Pairs.Count == 0)
        {
            return;
        }

        var tested = TestImages.Count;
        output.Notice(string.Create(
            CultureInfo.InvariantCulture,
            $"{Total} pair{(Total == 1 ? "" : "s")} of near-duplicate images {(Total == 1 ? "is" : "are")} split up{(tested > 0 ? $"; {tested} test image{(tested == 1 ? " looks" : "s look")} like another that the head was fitted or tuned on, which makes it look better than it is" : "")}:"));
        foreach (var pair in Pairs.Take(Listed))
        {
            output.Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"  {pair.Similarity:0.000}{(pair.Identical ? " (the same file)" : "")}  {Name(pair.FirstSubset)} {pair.First}  {Name(pair.SecondSubset)} {pair.Second}{(pair.FirstLabel == pair.SecondLabel ? "" : $" (labels {pair.FirstLabel} and {pair.SecondLabel})")}"));
        }

        if (Total > Listed)
        {
            output.Notice($"  … and {Total - Listed} more (--json lists them)");
        }
    }

    /// <summary>Lists all.</summary>
    public void SayAll(CommandOutput output, int most)
    {
        output.Line();
        output.Line(Total == 0 ? "No near-duplicates." : $"Near-duplicates: {Total} pair{(Total == 1 ? "" : "s")}");
        if (Total == 0)
        {
            return;
        }

        output.Line(Trainers.Evaluation.TextTable.Render(
            [
                ["Image", "Looks like", "Similarity", ""],
                .. Pairs.Take(most).Select(pair => (IReadOnlyList<string>)
                [
                    pair.First, pair.Second, pair.Similarity.ToString("0.000", CultureInfo.InvariantCulture),
                    pair.FirstLabel != pair.SecondLabel ? $"labels {pair.FirstLabel} and {pair.SecondLabel}" : pair.Identical ? "the same file" : "",
                ]),
            ],
            leftColumns: 2).TrimEnd('\n'));
        if (Total > most)
        {
            output.Line($"… and {Total - most} more");
        }
    }

    private static string Name(Subset? subset) => subset?.ToString().ToLowerInvariant() ?? "";

    private static Pair Of(LabeledFeatures features, DatasetSplit? split, DuplicatePair pair) => new(
        features.Paths[pair.First],
        features.Paths[pair.Second],
        features.Labels[pair.First],
        features.Labels[pair.Second],
        split?.Subsets[pair.First],
        split?.Subsets[pair.Second],
        pair.Similarity,
        features.Hashes is { } hashes && hashes[pair.First].Equals(hashes[pair.Second]));

    /// <summary>Two images that look alike.</summary>
    /// <param name="First">Path of the one.</param>
    /// <param name="Second">Path of the other.</param>
    /// <param name="FirstLabel">Label of the one.</param>
    /// <param name="SecondLabel">Label of the other.</param>
    /// <param name="FirstSubset">Subset of the one, where there is a split.</param>
    /// <param name="SecondSubset">Subset of the other, where there is a split.</param>
    /// <param name="Similarity">Up to 1.</param>
    /// <param name="Identical">Whether the files have the same bytes.</param>
    internal sealed record Pair(
        string First, string Second, string FirstLabel, string SecondLabel, Subset? FirstSubset, Subset? SecondSubset, double Similarity, bool Identical);
}
