namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>For a name that is not there, the names that are and resemble it most.</summary>
/// <remarks>Stateless, hence thread-safe.</remarks>
public static class NearestNames
{
    private const int MaxSuggestions = 3;
    private const int MaxLength = 256;

    /// <summary>Finds up to three names: same last part of the path first, then those that contain it, then by edit distance; none that differs in more than half.</summary>
    /// <param name="name">The name that is not there.</param>
    /// <param name="candidates">Those that are; upper and lower case count alike.</param>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        var wanted = name.ToUpperInvariant();
        var last = wanted[(wanted.LastIndexOf('/') + 1)..];
        return
        [
            .. candidates
                .Where(candidate => candidate.Length <= MaxLength)
                .Select(candidate => (Name: candidate, Distance: Distance(wanted, last, candidate.ToUpperInvariant())))
                .Where(pair => pair.Distance <= Math.Max(2, wanted.Length / 2))
                .OrderBy(pair => pair.Distance)
                .ThenBy(pair => pair.Name, StringComparer.Ordinal)
                .Take(MaxSuggestions)
                .Select(pair => pair.Name),
        ];
    }

    private static int Distance(string wanted, string last, string candidate)
    {
        if (candidate.EndsWith('/' + last, StringComparison.Ordinal) || candidate == last || wanted.EndsWith('/' + candidate, StringComparison.Ordinal))
        {
            return 0;
        }

        if (last.Length > 2 && candidate.Contains(last, StringComparison.Ordinal))
        {
            return 1;
        }

        if (wanted.Length > MaxLength)
        {
            return int.MaxValue;
        }

        // A name that is spelled wrong and lacks its scope.
        var end = candidate[(candidate.LastIndexOf('/') + 1)..];
        var distance = EditDistance(wanted, candidate);
        return last.Length > 2 && EditDistance(last, end) is var ofEnd && ofEnd <= last.Length / 3 ? Math.Min(distance, 1 + ofEnd) : distance;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int EditDistance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
