namespace MlTransfer.Trainers.Evaluation;

/// <summary>How well one class was recognised. A figure that would divide by zero is null.</summary>
/// <param name="Label">Name of the class.</param>
/// <param name="Support">Rows of the class.</param>
/// <param name="Predicted">Rows that were taken for the class.</param>
/// <param name="Correct">Rows of the class that were taken for it.</param>
/// <param name="Precision">Correct / Predicted; null when the class was never predicted.</param>
/// <param name="Recall">Correct / Support; null when the class does not occur.</param>
/// <param name="F1">2 · Correct / (Support + Predicted); null when the class neither occurs nor was predicted.</param>
/// <param name="RocAuc">Area under the ROC curve of the class against the rest; null when either does not occur.</param>
/// <param name="AveragePrecision">Average precision of the class against the rest; null when it does not occur.</param>
public sealed record ClassMetrics(string Label, int Support, int Predicted, int Correct, double? Precision, double? Recall, double? F1, double? RocAuc, double? AveragePrecision);
