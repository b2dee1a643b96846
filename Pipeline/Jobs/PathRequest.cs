using MlTransfer.Trainers.Selection;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How cross-validation picks the strength of the penalty.</summary>
/// <param name="Folds">Folds.</param>
/// <param name="Rule">Which strength is picked.</param>
/// <param name="Seed">Seed of the folds.</param>
internal sealed record PathRequest(int Folds, SelectionRule Rule, int Seed);
