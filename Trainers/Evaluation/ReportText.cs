using System.Globalization;
using System.Text;

namespace MlTransfer.Trainers.Evaluation;

/// <summary>Writes a <see cref="ClassificationReport"/> as text for a terminal.</summary>
internal static class ReportText
{
    private const string Undefined = "–";
    private const int MostPairs = 20;

    public static string Render(ClassificationReport report, int maxMisclassified, int maxConfusionClasses)
    {
        var text = new StringBuilder();
        text.Append(TextTable.Render([.. Summary(report)])).Append('\n');
        text.Append(TextTable.Render([.. ClassTable(report)]));
        if (report.Labels.Count <= maxConfusionClasses)
        {
            text.Append("\nConfusion matrix (rows: true class, columns: predicted)\n").Append(TextTable.Render([.. ConfusionTable(report)]));
        }
        else if (report.Misclassified.Count > 0)
        {
            text.Append("\nConfused most often\n").Append(TextTable.Render([.. ConfusedPairs(report)], leftColumns: 2));
        }

        if (report.Misclassified.Count > 0 && maxMisclassified > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nMisclassified: {report.Misclassified.Count} of {report.Rows}\n");
            text.Append(TextTable.Render([.. MisclassifiedTable(report, maxMisclassified)], leftColumns: 3));
            if (report.Misclassified.Count > maxMisclassified)
            {
                text.Append(CultureInfo.InvariantCulture, $"… and {report.Misclassified.Count - maxMisclassified} more\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<IReadOnlyList<string>> Summary(ClassificationReport report)
    {
        yield return ["Rows", Number(report.Rows)];
        yield return ["Accuracy", $"{Share(report.Accuracy)} ({Range(report.Intervals.Accuracy)})"];
        yield return ["Balanced accuracy", $"{Share(report.BalancedAccuracy)} ({Range(report.Intervals.BalancedAccuracy)})"];
        foreach (var top in report.TopK.Where(top => top.K > 1))
        {
            yield return [$"Top-{Number(top.K)} accuracy", Share(top.Accuracy)];
        }

        yield return ["Log loss", $"{Share(report.LogLoss)} ({Range(report.Intervals.LogLoss)})"];
        yield return ["ROC AUC", Share(report.RocAuc)];
        yield return ["Matthews correlation", Share(report.MatthewsCorrelation)];
        yield return ["Brier score", Share(report.Calibration.Brier)];
        yield return ["Calibration error", Share(report.Calibration.ExpectedError)];
    }

    private static IEnumerable<IReadOnlyList<string>> ClassTable(ClassificationReport report)
    {
        yield return ["Class", "Precision", "Recall", "F1", "Support"];
        foreach (var metrics in report.Classes)
        {
            yield return [metrics.Label, Share(metrics.Precision), Share(metrics.Recall), Share(metrics.F1), Number(metrics.Support)];
        }

        yield return ["Macro average", Share(report.Macro.Precision), Share(report.Macro.Recall), Share(report.Macro.F1), Number(report.Rows)];
        yield return ["Weighted average", Share(report.Weighted.Precision), Share(report.Weighted.Recall), Share(report.Weighted.F1), Number(report.Rows)];
    }

    private static IEnumerable<IReadOnlyList<string>> ConfusionTable(ClassificationReport report)
    {
        yield return ["", .. report.Labels];
        for (var c = 0; c < report.Labels.Count; c++)
        {
            yield return [report.Labels[c], .. report.Confusion[c].Select(Number)];
        }
    }

    private static IEnumerable<IReadOnlyList<string>> ConfusedPairs(ClassificationReport report)
    {
        yield return ["True class", "Predicted", "Rows"];
        var pairs = report.Misclassified.GroupBy(wrong => (wrong.Actual, wrong.Predicted)).OrderByDescending(pair => pair.Count());
        foreach (var pair in pairs.Take(MostPairs))
        {
            yield return [pair.Key.Actual, pair.Key.Predicted, Number(pair.Count())];
        }
    }

    private static IEnumerable<IReadOnlyList<string>> MisclassifiedTable(ClassificationReport report, int most)
    {
        yield return ["Example", "True class", "Predicted", "Probability", "Of true class"];
        foreach (var wrong in report.Misclassified.Take(most))
        {
            yield return [wrong.Name ?? $"row {Number(wrong.Row)}", wrong.Actual, wrong.Predicted, Share(wrong.Probability), Share(wrong.ActualProbability)];
        }
    }

    private static string Share(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? Undefined;

    private static string Range(ConfidenceInterval interval) => $"{Share(interval.Low)} to {Share(interval.High)}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
