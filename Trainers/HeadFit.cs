using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers;

/// <summary>What a trainer found, and how the fit went. Immutable.</summary>
public abstract record HeadFit
{
    /// <summary>
    /// What the trainer minimised, over the training rows at the end, in float64: weighted mean cross-entropy + penalties. Of trainers that minimise
    /// nothing, <see cref="LogLoss"/>.
    /// </summary>
    public required double Objective { get; init; }

    /// <summary>The objective without penalties: weighted mean cross-entropy over the training rows (natural logarithm).</summary>
    public required double LogLoss { get; init; }

    /// <summary>Share of the training rows whose most probable class is their label, 0 … 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Iterations (L-BFGS) or steps (mini-batches) done; 0 of trainers without any.</summary>
    public required int Iterations { get; init; }

    /// <summary>Why the fit ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>Whether the optimum was reached within the tolerance. Always false for mini-batch trainers, which do a number of steps.</summary>
    public bool Converged => StopReason is StopReason.ObjectiveTolerance or StopReason.GradientTolerance or StopReason.ClosedForm;

    /// <summary>Mini-batch training: one entry an epoch, in order, the last of which may be unfinished. Empty for others.</summary>
    public IReadOnlyList<EpochFigures> History { get; init; } = [];

    /// <summary>The epoch, from 1, whose weights these are, where early stopping chose it; null otherwise.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Options that the trainer itself chose, by name, as they belong into the head file in place of what was asked for. Empty of most.</summary>
    public IReadOnlyDictionary<string, string> ChosenOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>What the user should know: classes without rows, separable data, iterations used up. Empty when there is nothing.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>The fitted head.</summary>
    /// <param name="description">Classes, in the order of the trainer's labels, and what the features come from.</param>
    /// <exception cref="ArgumentException">The description has another number of labels than was fitted.</exception>
    public abstract ClassifierHead CreateHead(HeadDescription description);
}
