namespace MlTransfer.Datasets.Splits;

/// <summary>A random split in which each class has its share in each subset.</summary>
/// <remarks>
/// <para>The test subset has ceil(rows × test share) rows, as scikit-learn's StratifiedShuffleSplit; each class gives its share rounded down or up
/// (largest remainders first, ties by label order). Validation likewise, of what is left. One row of every class is kept for training as long
/// as there are rows enough; so a class with one image is only trained on, and a class with two gives at most one to test and validation.
/// A subset is smaller than asked for only when that rule makes it so.</para>
/// <para>Which rows: SplitMix64 seeded by <c>seed</c>, Fisher and Yates over each class's rows, classes in natural order of their labels.
/// The same rows, labels and seed give the same split on every platform and .NET version. Thread-safe.</para>
/// </remarks>
public static class StratifiedSplit
{
    /// <summary>Splits rows by their labels.</summary>
    /// <param name="labels">One a row.</param>
    /// <param name="testFraction">0 to 1.</param>
    /// <param name="validationFraction">0 to 1, of all rows; the sum is at most 1.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A fraction or their sum is not within 0 to 1.</exception>
    public static DatasetSplit Assign(IReadOnlyList<string> labels, double testFraction, double validationFraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ShareCheck.Require(testFraction, validationFraction, 1);
        var classes = LabelRows.Shuffled(labels, seed);
        var sizes = classes.Select(rows => rows.Length).ToArray();

        // With everything kept aside nobody asks for training rows.
        var keep = testFraction + validationFraction < 1 ? 1 : 0;
        var available = sizes.Select(size => size - keep).ToArray();
        var test = Allot(sizes, available, testFraction);
        var validation = Allot(sizes, [.. available.Select((count, c) => count - test[c])], validationFraction);

        var subsets = new Subset[labels.Count];
        for (var c = 0; c < classes.Count; c++)
        {
            var rows = classes[c];
            for (var i = 0; i < rows.Length; i++)
            {
                subsets[rows[i]] = i < test[c] ? Subset.Test : i < test[c] + validation[c] ? Subset.Validation : Subset.Training;
            }
        }

        return DatasetSplit.Of(subsets, labels);
    }

    /// <summary>How many rows each class gives: its share rounded down, then one more for the largest remainders until the total is reached.</summary>
    private static int[] Allot(int[] sizes, int[] available, double fraction)
    {
        var total = (int)Math.Ceiling(sizes.Sum() * fraction);
        var allotted = sizes.Select((size, c) => Math.Min((int)Math.Floor(size * fraction), available[c])).ToArray();
        var missing = total - allotted.Sum();
        foreach (var c in Enumerable.Range(0, sizes.Length)
                     .Where(c => allotted[c] < available[c])
                     .OrderByDescending(c => (sizes[c] * fraction) - allotted[c])
                     .ThenBy(c => c)
                     .Take(Math.Max(missing, 0)))
        {
            allotted[c]++;
        }

        return allotted;
    }
}
