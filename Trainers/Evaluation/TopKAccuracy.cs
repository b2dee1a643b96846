namespace MlTransfer.Trainers.Evaluation;

/// <summary>Share of rows whose class is among the k most probable.</summary>
/// <param name="K">How many classes count.</param>
/// <param name="Accuracy">0 … 1.</param>
public sealed record TopKAccuracy(int K, double Accuracy);
