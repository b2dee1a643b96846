namespace MlTransfer.Trainers.Evaluation;

/// <summary>Figures of a confusion matrix that do not reward guessing the commonest class.</summary>
/// <remarks>Definitions as scikit-learn's matthews_corrcoef and cohen_kappa_score. Stateless, hence thread-safe.</remarks>
public static class Agreement
{
    /// <summary>Matthews correlation of many classes (Gorodkin's R_K, Computational Biology and Chemistry 28, 2004): −1 … 1; 0 where either side has one class only.</summary>
    /// <param name="confusion">Counts of rows, confusion[actual][predicted].</param>
    public static double MatthewsCorrelation(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var (actual, predicted, correct, rows) = Margins(confusion);
        double together = 0, ofActual = 0, ofPredicted = 0;
        for (var c = 0; c < actual.Length; c++)
        {
            together += actual[c] * predicted[c];
            ofActual += actual[c] * actual[c];
            ofPredicted += predicted[c] * predicted[c];
        }

        var scale = Math.Sqrt(((rows * rows) - ofPredicted) * ((rows * rows) - ofActual));
        return scale == 0 ? 0 : ((correct * rows) - together) / scale;
    }

    /// <summary>Cohen's kappa (Educational and Psychological Measurement 20, 1960): at most 1; null where both sides have the same one class only.</summary>
    /// <param name="confusion">Counts of rows, confusion[actual][predicted].</param>
    public static double? CohenKappa(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        var (actual, predicted, correct, rows) = Margins(confusion);
        var byChance = 0.0;
        for (var c = 0; c < actual.Length; c++)
        {
            byChance += actual[c] * predicted[c];
        }

        // In counts, so that one class only gives a true zero.
        return rows * rows == byChance ? null : ((correct * rows) - byChance) / ((rows * rows) - byChance);
    }

    private static (double[] Actual, double[] Predicted, double Correct, double Rows) Margins(IReadOnlyList<IReadOnlyList<int>> confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        var (actual, predicted, correct, rows) = (new double[confusion.Count], new double[confusion.Count], 0.0, 0.0);
        for (var a = 0; a < confusion.Count; a++)
        {
            for (var p = 0; p < confusion.Count; p++)
            {
                double count = confusion[a][p];
                actual[a] += count;
                predicted[p] += count;
                correct += a == p ? count : 0;
                rows += count;
            }
        }

        return (actual, predicted, correct, rows);
    }
}
