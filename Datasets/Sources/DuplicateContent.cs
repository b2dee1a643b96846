namespace MlTransfer.Datasets.Sources;

/// <summary>Files of one content: the same bytes under several names.</summary>
/// <param name="Hash">The content.</param>
/// <param name="Paths">The files, two or more, in natural order.</param>
/// <param name="Labels">The labels they carry, each once; more than one is a contradiction in the data.</param>
public sealed record DuplicateContent(ContentHash Hash, IReadOnlyList<string> Paths, IReadOnlyList<string> Labels)
{
    /// <summary>Whether the same picture is given two or more labels.</summary>
    public bool IsContradictory => Labels.Count > 1;

    /// <summary>Finds every content that more than one file has.</summary>
    /// <param name="files">Path, label and content of each file; a path occurs once.</param>
    /// <returns>Contradictory ones first, each group in natural order of its first path.</returns>
    public static IReadOnlyList<DuplicateContent> Find(IEnumerable<(string Path, string Label, ContentHash Hash)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return
        [
            .. files.GroupBy(file => file.Hash)
                .Where(group => group.Skip(1).Any())
                .Select(group => new DuplicateContent(
                    group.Key,
                    [.. group.Select(file => file.Path).Order(PathOrder.Natural)],
                    [.. group.Select(file => file.Label).Distinct(StringComparer.Ordinal).Order(PathOrder.Natural)]))
                .OrderBy(duplicate => !duplicate.IsContradictory)
                .ThenBy(duplicate => duplicate.Paths[0], PathOrder.Natural),
        ];
    }

    /// <summary>What a user should know about <paramref name="duplicates"/>: at most <paramref name="limit"/> contradictions by name, the rest as counts.</summary>
    /// <param name="duplicates">What <see cref="Find"/> found.</param>
    /// <param name="limit">How many contradictions are named; default 10.</param>
    public static IReadOnlyList<string> Describe(IReadOnlyList<DuplicateContent> duplicates, int limit = 10)
    {
        ArgumentNullException.ThrowIfNull(duplicates);
        var notices = new List<string>();
        var contradictions = duplicates.Where(duplicate => duplicate.IsContradictory).ToList();
        foreach (var contradiction in contradictions.Take(limit))
        {
            notices.Add(
                $"The same picture has {contradiction.Labels.Count} labels ({Names(contradiction.Labels)}): {Names(contradiction.Paths)}. A head cannot learn both; keep one.");
        }

        if (contradictions.Count > limit)
        {
            notices.Add($"{contradictions.Count - limit} more pictures have several labels.");
        }

        var agreeing = duplicates.Where(duplicate => !duplicate.IsContradictory).ToList();
        if (agreeing.Count > 0)
        {
            var spare = agreeing.Sum(duplicate => duplicate.Paths.Count - 1);
            notices.Add(
                $"{spare} {(spare == 1 ? "file is a copy" : "files are copies")} of others with the same label, for example {Names(agreeing[0].Paths)}. A copy in the test set of a training picture makes a head look better than it is.");
        }

        return notices;
    }

    private static string Names(IReadOnlyList<string> names) =>
        names.Count <= 4 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";
}
