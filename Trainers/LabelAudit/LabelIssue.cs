namespace MlTransfer.Trainers.LabelAudit;

/// <summary>A row whose label looks wrong.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Given">The class it is labelled as.</param>
/// <param name="Suggested">The class it is confidently taken for.</param>
/// <param name="GivenProbability">Out-of-fold probability of the class given, 0 … 1.</param>
/// <param name="SuggestedProbability">Out-of-fold probability of the class suggested, 0 … 1.</param>
/// <param name="Suspicion">(1 + suggested − given) / 2, 0 … 1: 1 where the class given is ruled out and the other certain.</param>
public sealed record LabelIssue(int Row, int Given, int Suggested, double GivenProbability, double SuggestedProbability, double Suspicion);
