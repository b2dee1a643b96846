using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers;

/// <summary>A fitted softmax layer and how the fit went. Immutable.</summary>
public sealed record TrainingResult
{
    /// <summary>The fitted layer.</summary>
    public required SoftmaxWeights Weights { get; init; }

    /// <summary>The objective over the training rows at <see cref="Weights"/>: weighted mean cross-entropy + (L2 / 2) · Σ W², in float64.</summary>
    public required double Objective { get; init; }

    /// <summary>The objective without the penalty: weighted mean cross-entropy over the training rows (natural logarithm).</summary>
    public required double LogLoss { get; init; }

    /// <summary>Share of the training rows whose most probable class is their label, 0 … 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Euclidean norm of the objective's gradient at the end; NaN for SGD.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Iterations (L-BFGS) or steps (SGD) done.</summary>
    public required int Iterations { get; init; }

    /// <summary>Passes over the training rows, line searches included (L-BFGS), or batches (SGD).</summary>
    public required int Evaluations { get; init; }

    /// <summary>Why the fit ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>Whether the optimum was reached within the tolerance. Always false for SGD, which does a fixed number of steps.</summary>
    public bool Converged => StopReason is StopReason.ObjectiveTolerance or StopReason.GradientTolerance;

    /// <summary>Mini-batch training: one entry an epoch, in order, the last of which may be unfinished. Empty for L-BFGS.</summary>
    public IReadOnlyList<EpochFigures> History { get; init; } = [];

    /// <summary>The epoch, from 1, whose weights these are, where early stopping chose it; null otherwise.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>What the user should know: classes without rows, separable data, iterations used up. Empty when there is nothing.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}
