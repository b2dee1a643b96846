namespace MlTransfer.Trainers.Evaluation;

/// <summary>Precision, recall and F1 averaged over classes.</summary>
/// <param name="Precision">Mean precision, 0 … 1.</param>
/// <param name="Recall">Mean recall, 0 … 1.</param>
/// <param name="F1">Mean F1, 0 … 1.</param>
public sealed record AveragedMetrics(double Precision, double Recall, double F1);
