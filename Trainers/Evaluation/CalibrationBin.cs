namespace MlTransfer.Trainers.Evaluation;

/// <summary>Rows whose confidence lies in one interval.</summary>
/// <param name="Count">How many.</param>
/// <param name="Accuracy">Share predicted right, 0 … 1; null where there are none.</param>
/// <param name="Confidence">Mean probability of the predicted class, 0 … 1; null where there are none.</param>
public sealed record CalibrationBin(int Count, double? Accuracy, double? Confidence);
