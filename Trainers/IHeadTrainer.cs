namespace MlTransfer.Trainers;

/// <summary>Fits a head on features. Whatever needs only that (splitting, cross-validation, comparing, saving) works with every trainer.</summary>
/// <remarks>
/// A trainer holds only its options and may be used from several threads. The same rows, options and seed give the same bits, whatever the number of
/// threads.
/// </remarks>
public interface IHeadTrainer
{
    /// <summary>The name it goes by on the command line and in head files, for example <c>lbfgs</c>.</summary>
    string Name { get; }

    /// <summary>Names of the classes; label k means <c>Labels[k]</c>.</summary>
    IReadOnlyList<string> Labels { get; }

    /// <summary>Its options by name, as head files tell them; numbers in the invariant culture.</summary>
    IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Whether it cannot fit without validation rows.</summary>
    bool NeedsValidation { get; }

    /// <summary>What <see cref="HeadFit.Iterations"/> counts, <c>iterations</c> or <c>steps</c>; null where there is nothing to count.</summary>
    string? IterationUnit { get; }

    /// <summary>Fits a head.</summary>
    /// <param name="training">What to learn from; at least two classes must occur.</param>
    /// <param name="validation">What to validate on while fitting; null for none. Trainers that do not need it may ignore it.</param>
    /// <param name="progress">Told how the fit stands; may be null.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message names the row or the class and what to do.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    HeadFit Fit(
        TrainingRows training, TrainingRows? validation = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default);
}
