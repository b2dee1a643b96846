namespace MlTransfer.Trainers.Evaluation;

/// <summary>The range in which a figure lies with 95 % confidence, as far as the rows evaluated tell.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record ConfidenceInterval(double Low, double High);
