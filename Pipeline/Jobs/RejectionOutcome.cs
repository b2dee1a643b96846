using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>When a head answers "none of these", and how many known images it loses to that.</summary>
/// <param name="Rate">Share of validation images that may be lost.</param>
/// <param name="MinimumProbability">Images whose most probable label is less probable are rejected.</param>
/// <param name="MaximumDistance">Images farther from every label are rejected.</param>
/// <param name="ValidationImages">Images the two were set on.</param>
/// <param name="ValidationRejected">Share of them rejected.</param>
/// <param name="TestRejected">Share of the test images rejected; null where there are none.</param>
internal sealed record RejectionOutcome(
    double Rate, double MinimumProbability, double MaximumDistance, int ValidationImages, double ValidationRejected, double? TestRejected)
{
    /// <summary>What a rule does to validation and test rows.</summary>
    public static RejectionOutcome Of(RejectionRule rule, ClassifierHead head, LabeledFeatures validation, LabeledFeatures test) => new(
        rule.Rate, rule.MinimumProbability, rule.MaximumDistance, rule.ValidationRows,
        Share(rule, head, validation), test.Paths.Count == 0 ? null : Share(rule, head, test));

    /// <summary>The rule of a head.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static RejectionRule RuleOf(ClassifierHead head, string path) => head.Description.Rejection
        ?? throw new InvalidDataException($"{path} was not taught when to answer \"none of these\". Fit it with train-head … --reject, or leave --reject out.");

    /// <summary>The verdict on each row.</summary>
    public static RejectionVerdict[] Judge(RejectionRule rule, ClassifierHead head, LabeledFeatures rows)
    {
        var probabilities = head.Predict(rows.Matrix);
        var classes = head.Labels.Count;
        var own = new float[rows.Matrix.Columns];
        var verdicts = new RejectionVerdict[rows.Paths.Count];
        for (var row = 0; row < verdicts.Length; row++)
        {
            rows.Matrix.CopyRow(row, own);
            verdicts[row] = rule.Judge(own, probabilities.AsSpan(row * classes, classes));
        }

        return verdicts;
    }

    /// <summary>Says when images are rejected.</summary>
    public void Say(CommandOutput output)
    {
        if (ValidationImages * Rate < 1 && Rate > 0)
        {
            output.Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"{ValidationImages} validation images are too few to tell which {Rate:0.###} of them are the least likely; only what is less likely than any of them is rejected. Keep at least {Math.Ceiling(1 / Rate):0} aside."));
        }

        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"None of these: where no label is as probable as {MinimumProbability:0.0000} or the distance to every label is above {MaximumDistance:0.000}; rejects {ValidationRejected:0.0000} of the validation images{(TestRejected is { } test ? $", {test:0.0000} of the test images" : "")}"));
    }

    private static double Share(RejectionRule rule, ClassifierHead head, LabeledFeatures rows) => Judge(rule, head, rows).Count(verdict => verdict.IsRejected) / (double)rows.Paths.Count;
}
