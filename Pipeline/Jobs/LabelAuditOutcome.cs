using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.LabelAudit;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Images whose labels look wrong, most suspicious first.</summary>
/// <param name="EstimatedErrors">Estimated number of wrong labels.</param>
/// <param name="Issues">The images.</param>
internal sealed record LabelAuditOutcome(double EstimatedErrors, IReadOnlyList<LabelAuditOutcome.Issue> Issues)
{
    /// <summary>Names what was found.</summary>
    public static LabelAuditOutcome Of(ConfidentLearning found, LabeledFeatures rows, IReadOnlyList<string> labels) => new(
        found.EstimatedErrors,
        [.. found.Issues.Select(issue => new Issue(
            rows.Paths[issue.Row], labels[issue.Given], labels[issue.Suggested], issue.Suspicion, issue.GivenProbability, issue.SuggestedProbability))]);

    /// <summary>Lists them.</summary>
    public void Say(CommandOutput output, int most)
    {
        output.Line();
        output.Line(Issues.Count == 0
            ? "No label looks wrong."
            : string.Create(CultureInfo.InvariantCulture, $"Suspicious labels: {Issues.Count} (about {EstimatedErrors:0} wrong labels estimated)"));
        if (Issues.Count == 0)
        {
            return;
        }

        string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
        output.Line(Trainers.Evaluation.TextTable.Render(
            [
                ["Image", "Label", "Rather", "Suspicion", "Of label", "Of other"],
                .. Issues.Take(most).Select(issue => (IReadOnlyList<string>)
                    [issue.Path, issue.Label, issue.Suggested, Number(issue.Suspicion), Number(issue.LabelProbability), Number(issue.SuggestedProbability)]),
            ],
            leftColumns: 3).TrimEnd('\n'));
        if (Issues.Count > most)
        {
            output.Line($"… and {Issues.Count - most} more");
        }
    }

    /// <summary>A suspicious label.</summary>
    /// <param name="Path">The image.</param>
    /// <param name="Label">What it is labelled as.</param>
    /// <param name="Suggested">What it looks like.</param>
    /// <param name="Suspicion">0 to 1.</param>
    /// <param name="LabelProbability">Out-of-fold probability of the label.</param>
    /// <param name="SuggestedProbability">Out-of-fold probability of the label suggested.</param>
    internal sealed record Issue(string Path, string Label, string Suggested, double Suspicion, double LabelProbability, double SuggestedProbability);
}
