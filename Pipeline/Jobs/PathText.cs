using System.Globalization;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Selection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Says how cross-validation picked the strength of the penalty.</summary>
internal static class PathText
{
    private static readonly string[] s_heading = ["Strength", "Log loss", "± error", "Accuracy", "± error", "Weights", ""];

    /// <summary>The curve for people, from the strongest penalty to the weakest.</summary>
    public static string Render(RegularizationPath path)
    {
        var rows = new List<IReadOnlyList<string>> { s_heading };
        for (var i = 0; i < path.Points.Count; i++)
        {
            var point = path.Points[i];
            rows.Add(
            [
                Text(point.Strength, "0.##e+0"), Text(point.LogLoss, "0.0000"), Text(point.LogLossError, "0.0000"), Text(point.Accuracy, "0.0000"), Text(point.AccuracyError, "0.0000"),
                Text(point.NonzeroWeights, "0"), i == path.Chosen ? "picked" : "",
            ]);
        }

        var rule = path.Rule == SelectionRule.Minimum ? "the least log loss" : "the strongest within one standard error of the least log loss";
        return $"Penalty by {path.Folds}-fold cross-validation of the training images: {rule}\n{TextTable.Render(rows)}";
    }

    /// <summary>The curve for scripts; null where the penalty was given.</summary>
    public static object? ToJson(RegularizationPath? path) => path is null ? null : new
    {
        folds = path.Folds,
        rule = path.Rule == SelectionRule.Minimum ? "minimum" : "one-standard-error",
        strength = path.Strength,
        points = path.Points,
    };

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
