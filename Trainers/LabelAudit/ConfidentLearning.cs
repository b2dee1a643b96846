namespace MlTransfer.Trainers.LabelAudit;

/// <summary>Finds labels that are probably wrong, from probabilities that were given to each row by a head that had not seen it.</summary>
/// <remarks>
/// Source: Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, Journal of Artificial Intelligence Research 70, 2021.
/// A row counts for class j where its probability of j is at least the mean probability of j among the rows labelled j (so a class that is hard to tell needs
/// less), the most probable such class where there are several; a row that counts for another class than its label is an issue. Immutable.
/// </remarks>
public sealed record ConfidentLearning
{
    /// <summary>The rows whose labels look wrong, most suspicious first; then by row.</summary>
    public required IReadOnlyList<LabelIssue> Issues { get; init; }

    /// <summary>Probability from which a row counts for each class, 0 … 1; null for a class that labels no row.</summary>
    public required IReadOnlyList<double?> Thresholds { get; init; }

    /// <summary>Rows by label and by the class they count for: Counts[given][counted]; rows that count for no class are left out.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Counts { get; init; }

    /// <summary>
    /// How many labels are wrong, estimated: off-diagonal counts, each label's scaled so that its counts sum to its rows. Rather
    /// too many where classes are hard to tell (75 for 25 changed labels of 500 photos that are told with 75 % accuracy).
    /// </summary>
    public required double EstimatedErrors { get; init; }

    /// <summary>Looks for issues.</summary>
    /// <param name="given">Label a row, 0 … classes − 1; at least one row.</param>
    /// <param name="probabilities">rows × classes, row-major, out of fold: of each row by a head that was not fitted on it.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no rows.</exception>
    public static ConfidentLearning Find(ReadOnlySpan<int> given, ReadOnlySpan<float> probabilities)
    {
        if (given.IsEmpty || probabilities.Length % given.Length != 0)
        {
            throw new ArgumentException($"{probabilities.Length} probabilities do not make {given.Length} rows.", nameof(probabilities));
        }

        var classes = probabilities.Length / given.Length;
        var thresholds = Means(given, probabilities, classes);
        var counts = new int[classes][];
        for (var c = 0; c < classes; c++)
        {
            counts[c] = new int[classes];
        }

        var issues = new List<LabelIssue>();
        for (var row = 0; row < given.Length; row++)
        {
            var own = probabilities.Slice(row * classes, classes);
            var counted = CountsFor(own, thresholds);
            if (counted < 0)
            {
                continue;
            }

            counts[given[row]][counted]++;
            if (counted != given[row])
            {
                double label = own[given[row]], other = own[counted];
                issues.Add(new LabelIssue(row, given[row], counted, label, other, (1 + other - label) / 2));
            }
        }

        return new ConfidentLearning
        {
            Issues = [.. issues.OrderByDescending(issue => issue.Suspicion).ThenBy(issue => issue.Row)],
            Thresholds = thresholds,
            Counts = counts,
            EstimatedErrors = Estimate(given, counts),
        };
    }

    private static double?[] Means(ReadOnlySpan<int> given, ReadOnlySpan<float> probabilities, int classes)
    {
        var (sums, rows) = (new double[classes], new int[classes]);
        for (var row = 0; row < given.Length; row++)
        {
            if ((uint)given[row] >= (uint)classes)
            {
                throw new ArgumentException($"Row {row} has the class {given[row]}; with {classes} classes they go from 0 to {classes - 1}.", nameof(given));
            }

            sums[given[row]] += probabilities[(row * classes) + given[row]];
            rows[given[row]]++;
        }

        var means = new double?[classes];
        for (var c = 0; c < classes; c++)
        {
            means[c] = rows[c] > 0 ? sums[c] / rows[c] : null;
        }

        return means;
    }

    private static int CountsFor(ReadOnlySpan<float> probabilities, double?[] thresholds)
    {
        var best = -1;
        for (var c = 0; c < probabilities.Length; c++)
        {
            if (probabilities[c] >= thresholds[c] && (best < 0 || probabilities[c] > probabilities[best]))
            {
                best = c;
            }
        }

        return best;
    }

    private static double Estimate(ReadOnlySpan<int> given, int[][] counts)
    {
        var rows = new int[counts.Length];
        foreach (var label in given)
        {
            rows[label]++;
        }

        var errors = 0.0;
        for (var c = 0; c < counts.Length; c++)
        {
            var counted = counts[c].Sum();
            errors += counted == 0 ? 0 : (counted - counts[c][c]) * (rows[c] / (double)counted);
        }

        return errors;
    }
}
