namespace MlTransfer.Trainers.Classification;

/// <summary>A label and how probable it is.</summary>
/// <param name="Label">The label, as the head names it.</param>
/// <param name="Probability">0 … 1.</param>
public sealed record LabelProbability(string Label, float Probability);
