namespace MlTransfer.Trainers;

/// <summary>Where a running fit stands; reported after each iteration (L-BFGS) or every so many steps (SGD), on the fitting thread.</summary>
/// <param name="Iteration">Iterations or steps done so far, from 0 (the start).</param>
/// <param name="MaxIterations">How many there will be at most.</param>
/// <param name="Objective">L-BFGS: the objective; SGD: the mean loss of the last batch.</param>
/// <param name="GradientNorm">Euclidean norm of the objective's gradient; NaN for SGD, which does not know it.</param>
public readonly record struct TrainingProgress(int Iteration, int MaxIterations, double Objective, double GradientNorm);
