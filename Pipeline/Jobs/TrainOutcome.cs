using MlTransfer.Trainers;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Selection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>A fitted head and what is known of it.</summary>
/// <param name="Head">The head.</param>
/// <param name="Trainer">Which trainer.</param>
/// <param name="IterationUnit">What iterations are called; null where there are none.</param>
/// <param name="Rows">Rows it was fitted on.</param>
/// <param name="Objective">The objective at the end.</param>
/// <param name="TrainingAccuracy">Share of the training rows classified right, 0 to 1.</param>
/// <param name="Iterations">Iterations or steps.</param>
/// <param name="Converged">Whether the optimum was reached within the tolerance.</param>
/// <param name="Elapsed">Time the fit took.</param>
/// <param name="Validation">Report on the validation rows; null where there are none.</param>
/// <param name="Test">Report on the test rows; null where there are none.</param>
/// <param name="History">Loss and accuracy an epoch; empty for L-BFGS.</param>
/// <param name="BestEpoch">The epoch that early stopping chose, from 1; null without it.</param>
/// <param name="Notices">What the user should know.</param>
internal sealed record TrainOutcome(
    ClassifierHead Head,
    string Trainer,
    string? IterationUnit,
    int Rows,
    double Objective,
    double TrainingAccuracy,
    int Iterations,
    bool Converged,
    TimeSpan Elapsed,
    ClassificationReport? Validation,
    ClassificationReport? Test,
    IReadOnlyList<EpochFigures> History,
    int? BestEpoch,
    IReadOnlyList<string> Notices)
{
    /// <summary>What was found out beside these figures.</summary>
    public HeadChecks Checks { get; init; } = HeadChecks.None;

    /// <summary>How the penalty was picked; null where it was given.</summary>
    public RegularizationPath? Path { get; init; }
}
