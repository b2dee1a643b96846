namespace MlTransfer.Trainers.Selection;

/// <summary>What cross-validation found at one strength of the penalty.</summary>
/// <param name="Strength">L1 + L2.</param>
/// <param name="LogLoss">Mean log loss of the rows held out, over all folds.</param>
/// <param name="LogLossError">Standard error of that mean: the folds' standard deviation over the root of their number.</param>
/// <param name="Accuracy">Share of the rows held out that are classified right, 0 to 1.</param>
/// <param name="AccuracyError">Standard error of that share.</param>
/// <param name="NonzeroWeights">Weights that are not zero, a mean over the folds.</param>
public sealed record RegularizationPoint(double Strength, double LogLoss, double LogLossError, double Accuracy, double AccuracyError, double NonzeroWeights);
