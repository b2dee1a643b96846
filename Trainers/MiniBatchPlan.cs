namespace MlTransfer.Trainers;

/// <summary>What mini-batch training makes of its rows before the first step: everything checked, weighted and counted.</summary>
/// <param name="Features">The rows to learn from.</param>
/// <param name="Labels">A class a row.</param>
/// <param name="Present">The classes that occur.</param>
/// <param name="RowWeights">How much each row counts; null where each counts once.</param>
/// <param name="Validation">Rows to validate on; null where there are none.</param>
/// <param name="StepsAnEpoch">Steps an epoch, one or more.</param>
/// <param name="Steps">Steps of the whole fit.</param>
internal sealed record MiniBatchPlan(
    IFeatureSource Features, int[] Labels, PresentClasses Present, double[]? RowWeights, TrainingRows? Validation, int StepsAnEpoch, int Steps)
{
    /// <summary>Checks the rows against the options.</summary>
    /// <exception cref="TrainingDataException">The data cannot be fitted; the message says what to do.</exception>
    public static MiniBatchPlan Of(MiniBatchOptions options, TrainingRows training, TrainingRows? validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        var features = training.Features;
        var labels = training.Labels.ToArray();
        var present = PresentClasses.Of(features, labels, options.Labels);
        var rowWeights = Trainers.RowWeights.Of(features, present, options.ClassWeighting, options.ClassWeights, training.SampleWeights.Span);
        features.ThrowIfNotFinite();
        var watched = Watched(options, features, validation);
        var stepsAnEpoch = options.StepsAnEpoch(features.Rows);
        var steps = options.TotalSteps(features.Rows);
        return steps <= int.MaxValue
            ? new MiniBatchPlan(features, labels, present, rowWeights, watched, stepsAnEpoch, (int)steps)
            : throw new TrainingDataException($"{options.Epochs} epochs of {stepsAnEpoch} batches are more than {int.MaxValue} steps; ask for fewer epochs or larger batches.");
    }

    private static TrainingRows? Watched(MiniBatchOptions options, IFeatureSource features, TrainingRows? validation)
    {
        if (validation is null || validation.Features.Rows == 0)
        {
            return options.Patience is null
                ? null
                : throw new TrainingDataException("Early stopping watches the loss on validation rows, and there are none. Set some rows aside for validation, or train without patience.");
        }

        var rows = validation.Features;
        if (rows.Columns != features.Columns)
        {
            throw new TrainingDataException($"The validation rows have {rows.Columns} features; the training rows have {features.Columns}.");
        }

        LabelChecks.ThrowIfNotLabels(rows, validation.Labels.Span, options.Labels.Count);
        Trainers.RowWeights.ThrowIfNotSampleWeights(rows, validation.SampleWeights.Span);
        rows.ThrowIfNotFinite();
        return validation;
    }
}
