namespace MlTransfer.Trainers.Evaluation;

/// <summary>
/// How well probabilities agree with the true classes. Plain data: System.Text.Json writes it as it is. The predicted class of a row is the most
/// probable one, the first of them on a tie.
/// </summary>
/// <remarks>Definitions as in scikit-learn's metrics. Immutable.</remarks>
public sealed record ClassificationReport
{
    /// <summary>Probabilities are taken as at least this before their logarithm (float64's epsilon, as in scikit-learn), so that one zero does not make the log loss infinite.</summary>
    public const double SmallestProbability = 2.220446049250313e-16;

    private static readonly int[] DefaultTopK = [1, 3, 5];

    /// <summary>Rows evaluated.</summary>
    public required int Rows { get; init; }

    /// <summary>Names of the classes.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Share of rows predicted right, 0 … 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean recall of the classes that occur, 0 … 1.</summary>
    public required double BalancedAccuracy { get; init; }

    /// <summary>Mean of −ln(probability of the true class).</summary>
    public required double LogLoss { get; init; }

    /// <summary>Top-k accuracies, in the order asked for.</summary>
    public required IReadOnlyList<TopKAccuracy> TopK { get; init; }

    /// <summary>Mean over the classes of the area under the ROC curve, each class against the rest, 0 … 1; null where it is defined for no class.</summary>
    public required double? RocAuc { get; init; }

    /// <summary>The same, each class weighted by its rows; null where it is defined for no class.</summary>
    public required double? RocAucWeighted { get; init; }

    /// <summary>Mean over the pairs of classes of the area under the ROC curve between the two, 0 … 1; null where fewer than two classes occur.</summary>
    public required double? RocAucPairwise { get; init; }

    /// <summary>Matthews correlation of true and predicted classes, −1 … 1; 0 where either has one class only.</summary>
    public required double MatthewsCorrelation { get; init; }

    /// <summary>Cohen's kappa of true and predicted classes, at most 1; null where both have the same one class only.</summary>
    public required double? CohenKappa { get; init; }

    /// <summary>How far the probabilities can be taken at their word.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>How sure the main figures are, given so many rows.</summary>
    public required BootstrapIntervals Intervals { get; init; }

    /// <summary>Counts of rows: Confusion[actual][predicted].</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Figures of each class, in the order of <see cref="Labels"/>.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>Averages over the classes that occur or were predicted, each counting the same; a figure that is undefined counts as zero.</summary>
    public required AveragedMetrics Macro { get; init; }

    /// <summary>Averages over all rows: where each row has one class and gets one prediction, all three are the accuracy.</summary>
    public required AveragedMetrics Micro { get; init; }

    /// <summary>Averages weighted by support; a figure that is undefined counts as zero.</summary>
    public required AveragedMetrics Weighted { get; init; }

    /// <summary>The rows predicted wrongly, in order.</summary>
    public required IReadOnlyList<Misclassification> Misclassified { get; init; }

    /// <summary>Evaluates predictions.</summary>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="actual">True class a row, 0 … classes − 1; at least one row.</param>
    /// <param name="probabilities">rows × classes, row-major.</param>
    /// <param name="names">A name a row, or null.</param>
    /// <param name="topK">Which top-k accuracies to give; default 1, 3 and 5, those below the number of classes. Each at least 1.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, there are no rows, or a probability is not a number from 0 to 1.</exception>
    public static ClassificationReport Create(
        IReadOnlyList<string> labels,
        ReadOnlySpan<int> actual,
        ReadOnlySpan<float> probabilities,
        IReadOnlyList<string>? names = null,
        IReadOnlyList<int>? topK = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        IReadOnlyList<int> ks = topK ?? [.. DefaultTopK.Where(k => k == 1 || k < labels.Count)];
        return ks.All(k => k >= 1)
            ? new ReportBuilder(labels, ks).Build(actual, probabilities, names)
            : throw new ArgumentException("Top-k needs every k to be at least 1.", nameof(topK));
    }

    /// <summary>The report as text: summary, table of classes, confusion matrix, misclassified rows.</summary>
    /// <param name="maxMisclassified">Most misclassified rows to list; the rest is counted. Default 20.</param>
    /// <param name="maxConfusionClasses">With more classes than this the confusion matrix is left out for the pairs confused most. Default 20.</param>
    public string ToText(int maxMisclassified = 20, int maxConfusionClasses = 20) => ReportText.Render(this, maxMisclassified, maxConfusionClasses);
}
