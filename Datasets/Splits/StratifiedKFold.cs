namespace MlTransfer.Datasets.Splits;

/// <summary>Cross-validation: every row is in the test part of exactly one of k folds, and each class is spread evenly over the folds.</summary>
/// <remarks>
/// The shuffled rows of all classes, one class after the other, are dealt to the folds in turn; so both the class counts and the sizes of any two folds differ
/// by at most one, as with scikit-learn's StratifiedKFold. Deterministic like <see cref="StratifiedSplit"/>. Thread-safe.
/// </remarks>
public static class StratifiedKFold
{
    /// <summary>The fold, 0 to <paramref name="folds"/> − 1, whose test part each row is in.</summary>
    /// <param name="labels">One a row.</param>
    /// <param name="folds">2 or more, at most the number of rows. A class with fewer rows than folds is missing from some test parts.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 2 folds or more folds than rows.</exception>
    public static int[] Assign(IReadOnlyList<string> labels, int folds, long seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (folds < 2 || folds > labels.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(folds), $"{folds} folds of {labels.Count} rows; from 2 folds to one a row are possible.");
        }

        var fold = new int[labels.Count];
        var dealt = 0;
        foreach (var rows in LabelRows.Shuffled(labels, seed))
        {
            foreach (var row in rows)
            {
                fold[row] = dealt++ % folds;
            }
        }

        return fold;
    }
}
