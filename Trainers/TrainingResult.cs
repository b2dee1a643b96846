using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Selection;

namespace MlTransfer.Trainers;

/// <summary>A fitted softmax layer and how the fit went: <see cref="HeadFit.Objective"/> is weighted mean cross-entropy + (L2 / 2) · Σ W² + L1 · Σ |W|. Immutable.</summary>
public sealed record TrainingResult : HeadFit
{
    /// <summary>The fitted layer.</summary>
    public required SoftmaxWeights Weights { get; init; }

    /// <summary>Euclidean norm of the objective's gradient at the end; NaN for mini-batch trainers, which do not know it.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Passes over the training rows, line searches included (L-BFGS), or batches (mini-batch trainers).</summary>
    public required int Evaluations { get; init; }

    /// <summary>SDCA: a proved bound of how far the objective lies above its optimum. Null of other trainers.</summary>
    public double? DualityGap { get; init; }

    /// <summary>How the penalty was picked; null where it was given.</summary>
    public RegularizationPath? Path { get; init; }

    /// <inheritdoc/>
    public override ClassifierHead CreateHead(HeadDescription description) => new SoftmaxHead(Weights, description);
}
