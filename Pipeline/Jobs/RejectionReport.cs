using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How well "none of these" is told on images of which is known whether it should be.</summary>
/// <param name="Known">Images whose label the head knows.</param>
/// <param name="KnownRejected">Share of them rejected; null where there are none.</param>
/// <param name="Unknown">Images whose label it does not know.</param>
/// <param name="UnknownRejected">Share of them rejected; null where there are none.</param>
/// <param name="RocAuc">Chance that an unknown image looks newer than a known one; null without images of both kinds.</param>
/// <param name="AccuracyOfKept">Accuracy on the known images that were not rejected; null where all were.</param>
internal sealed record RejectionReport(int Known, double? KnownRejected, int Unknown, double? UnknownRejected, double? RocAuc, double? AccuracyOfKept)
{
    /// <summary>Judges rows by a head's rule.</summary>
    public static RejectionReport Of(RejectionRule rule, ClassifierHead head, LabeledFeatures rows, IReadOnlyDictionary<string, int> classes)
    {
        var verdicts = RejectionOutcome.Judge(rule, head, rows);
        bool[] isUnknown = [.. rows.Labels.Select(label => !classes.ContainsKey(label))];
        double? Share(bool unknown)
        {
            var of = verdicts.Where((_, row) => isUnknown[row] == unknown).ToArray();
            return of.Length == 0 ? null : of.Count(verdict => verdict.IsRejected) / (double)of.Length;
        }

        var kept = rows.Select([.. Enumerable.Range(0, verdicts.Length).Where(row => !isUnknown[row] && !verdicts[row].IsRejected)]);
        return new RejectionReport(
            isUnknown.Count(unknown => !unknown), Share(false), isUnknown.Count(unknown => unknown), Share(true),
            Ranking.RocAuc([.. verdicts.Select(verdict => verdict.Novelty)], isUnknown), HeadTraining.Evaluate(head, kept, classes)?.Accuracy);
    }

    /// <summary>Says it.</summary>
    public void Say(CommandOutput output)
    {
        string Of(double? share) => share?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";
        output.Line("None of these");
        output.Line(TextTable.Render(
            [
                ["", "Images", "Rejected"],
                ["Known labels", Known.ToString(CultureInfo.InvariantCulture), Of(KnownRejected)],
                ["Unknown labels", Unknown.ToString(CultureInfo.InvariantCulture), Of(UnknownRejected)],
            ]).TrimEnd('\n'));
        output.Line($"ROC AUC of unknown against known {Of(RocAuc)}; accuracy on known images that are kept {Of(AccuracyOfKept)}");
    }
}
