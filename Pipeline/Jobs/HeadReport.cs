using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Files;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Says how a fit went, and writes its files.</summary>
internal static class HeadReport
{
    /// <summary>Writes the head, and the labels where asked to.</summary>
    public static void Save(TrainOutcome outcome, string path, string? labelsPath)
    {
        var labels = labelsPath is null ? "" : ClassNames.ToLines(outcome.Head.Labels);
        outcome.Head.Save(path);
        if (labelsPath is not null)
        {
            WholeFile.Write(labelsPath, Encoding.UTF8.GetBytes(labels));
        }
    }

    /// <summary>The fit for people.</summary>
    public static void Say(TrainOutcome outcome, CommandOutput output, int maxMisclassified)
    {
        foreach (var notice in outcome.Notices)
        {
            output.Notice(notice);
        }

        if (outcome.Path is { } path)
        {
            output.Line(PathText.Render(path));
        }

        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Fitted on {outcome.Rows} images of {outcome.Head.Labels.Count} labels with {outcome.Trainer}: {(outcome.IterationUnit is { } unit ? $"{outcome.Iterations} {unit}, objective" : "log loss")} {outcome.Objective:0.000000}, training accuracy {outcome.TrainingAccuracy:0.0000}, {ProgressDisplay.Duration(outcome.Elapsed)}"));
        if (outcome.Validation is { } validation)
        {
            output.Line(string.Create(CultureInfo.InvariantCulture, $"Validation: {validation.Rows} images, accuracy {validation.Accuracy:0.0000}, log loss {validation.LogLoss:0.0000}"));
        }

        outcome.Checks.Say(output);
        if (outcome.Test is { } test)
        {
            output.Line();
            output.Line("Test");
            output.Line(test.ToText(maxMisclassified));
        }
        else
        {
            output.Notice("No image was kept for testing, so nothing is known of how the head does on new ones.");
        }
    }

    /// <summary>The fit for scripts.</summary>
    public static object ToJson(TrainOutcome outcome, string path) => new
    {
        head = Path.GetFullPath(path),
        labels = outcome.Head.Labels,
        trainer = outcome.Trainer,
        options = outcome.Head.Description.TrainerOptions,
        split = outcome.Head.Description.Training?.Split,
        trainingImages = outcome.Rows,
        iterations = outcome.Iterations,
        converged = outcome.Converged,
        objective = outcome.Objective,
        trainingAccuracy = outcome.TrainingAccuracy,
        seconds = outcome.Elapsed.TotalSeconds,
        validation = outcome.Validation,
        test = outcome.Test,
        regularizationPath = PathText.ToJson(outcome.Path),
        history = outcome.History,
        bestEpoch = outcome.BestEpoch,
        nearDuplicates = outcome.Checks.Leaks,
        accuracyWithoutLeaks = outcome.Checks.AccuracyWithoutLeaks,
        calibration = outcome.Checks.Calibration,
        rejection = outcome.Checks.Rejection,
        crossValidation = outcome.Checks.CrossValidation?.ToJson(),
        notices = outcome.Notices,
    };
}
