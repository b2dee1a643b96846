using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What is asked of a fit beside the head: how sure, how honest, when to say "none of these".</summary>
internal sealed record EvaluationRequest
{
    /// <summary>Folds of the cross-validation; null for none.</summary>
    public int? Folds { get; init; }

    /// <summary>Times that it is done.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Seed of the folds.</summary>
    public int Seed { get; init; }

    /// <summary>File for the out-of-fold predictions; null for none.</summary>
    public string? OutOfFold { get; init; }

    /// <summary>Whether a temperature is fitted on the validation rows.</summary>
    public bool Calibrate { get; init; }

    /// <summary>Share of known images that may be answered with "none of these"; null where no such answer is wanted.</summary>
    public double? RejectionRate { get; init; }

    /// <summary>Whether near-duplicates are kept in one subset and one fold.</summary>
    public bool KeepTogether { get; init; }

    /// <summary>Similarity from which two images count as near-duplicates; null not to look for them.</summary>
    public double? DuplicateThreshold { get; init; } = NearDuplicateOptions.DefaultThreshold;
}
