namespace MlTransfer.Trainers.Optimizers;

/// <summary>Where a minimiser ended and why.</summary>
internal sealed record MinimizerResult(double[] Parameters, double Value, double GradientNorm, int Iterations, int Evaluations, StopReason StopReason);
