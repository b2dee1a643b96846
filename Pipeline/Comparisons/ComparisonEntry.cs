using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>One row of a comparison.</summary>
/// <param name="Features">What the heads are fitted on.</param>
/// <param name="Trainer">How.</param>
/// <param name="FitSeconds">Mean time of a fit.</param>
/// <param name="Result">How they did on images they had not seen.</param>
/// <param name="AgainstFirst">The difference from the first row, on the same images; null for that row itself.</param>
/// <param name="AgainstFirstPValue">Chance of such a difference if there were none, corrected for the number of rows; null for the first row.</param>
/// <param name="AgainstBest">The difference from the best row; null for that row itself.</param>
/// <param name="AgainstBestPValue">Its chance, corrected; null for the best row.</param>
internal sealed record ComparisonEntry(
    ComparedFeatures Features,
    ComparedTrainer Trainer,
    double FitSeconds,
    CrossValidationResult Result,
    PairedComparison? AgainstFirst,
    double? AgainstFirstPValue,
    PairedComparison? AgainstBest,
    double? AgainstBestPValue)
{
    /// <summary>How a sentence calls it.</summary>
    public string Name(Comparison within) => string.Join(
        " ",
        new[] { within.HasModels ? Features.Model : null, Features.Tap, within.HasTrainers ? $"with {Trainer.Name}" : null }.Where(part => part is not null));
}
