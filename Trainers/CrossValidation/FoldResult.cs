namespace MlTransfer.Trainers.CrossValidation;

/// <summary>One fit of a cross-validation and how it did on the rows it had not seen.</summary>
/// <param name="Repeat">From 0.</param>
/// <param name="Fold">From 0.</param>
/// <param name="TrainingRows">Rows it was fitted on.</param>
/// <param name="TestRows">Rows it was tested on.</param>
/// <param name="Accuracy">Share of the test rows predicted right, 0 … 1.</param>
/// <param name="LogLoss">Mean of −ln(probability of the true class) over the test rows.</param>
/// <param name="Iterations">Iterations or steps of the fit; 0 of trainers without any.</param>
/// <param name="Temperature">The temperature, where it was calibrated and the rows set aside tell one; null otherwise.</param>
/// <param name="Elapsed">Time the fit took.</param>
public sealed record FoldResult(
    int Repeat, int Fold, int TrainingRows, int TestRows, double Accuracy, double LogLoss, int Iterations, double? Temperature, TimeSpan Elapsed);
