namespace MlTransfer.Trainers.Evaluation;

/// <summary>One row that was taken for another class.</summary>
/// <param name="Row">Its number within the rows evaluated.</param>
/// <param name="Name">Its name (a file path, say); null when rows have none.</param>
/// <param name="Actual">Its class.</param>
/// <param name="Predicted">The class it was taken for.</param>
/// <param name="Probability">Probability given to <paramref name="Predicted"/>.</param>
/// <param name="ActualProbability">Probability given to <paramref name="Actual"/>.</param>
public sealed record Misclassification(int Row, string? Name, string Actual, string Predicted, double Probability, double ActualProbability);
