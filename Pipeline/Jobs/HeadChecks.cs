using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What was found out about a fit beside its figures; what was not asked for is null.</summary>
internal sealed record HeadChecks
{
    /// <summary>Nothing found out.</summary>
    public static HeadChecks None { get; } = new();

    /// <summary>Near-duplicates across the split.</summary>
    public DuplicateImages? Leaks { get; init; }

    /// <summary>Accuracy on the test images without those that have a near-duplicate elsewhere; null where there is none such.</summary>
    public double? AccuracyWithoutLeaks { get; init; }

    /// <summary>Temperature scaling.</summary>
    public CalibrationOutcome? Calibration { get; init; }

    /// <summary>"None of these".</summary>
    public RejectionOutcome? Rejection { get; init; }

    /// <summary>Cross-validation.</summary>
    public CrossValidationOutcome? CrossValidation { get; init; }

    /// <summary>Says it, above the report on the test images.</summary>
    public void Say(CommandOutput output)
    {
        Leaks?.SayLeak(output);
        if (AccuracyWithoutLeaks is { } accuracy)
        {
            output.Notice(FormattableString.Invariant($"  Without them the test accuracy is {accuracy:0.0000}. --keep-together keeps near-duplicates in one subset."));
        }

        CrossValidation?.Say(output);
        Calibration?.Say(output);
        Rejection?.Say(output);
    }
}
