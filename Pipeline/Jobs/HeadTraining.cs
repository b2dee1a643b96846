using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Splits features, fits a head on the training rows and evaluates it on the others.</summary>
internal static class HeadTraining
{
    /// <summary>Program and version, as files that it writes say it.</summary>
    public static string Program { get; } =
        $"mltransfer {typeof(HeadTraining).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    /// <summary>Fits a head.</summary>
    /// <param name="features">Rows with labels.</param>
    /// <param name="labels">The classes, in the order the head will have.</param>
    /// <param name="origin">What the features were computed with.</param>
    /// <param name="declared">A split that the data set states itself; null to apply the request's rule.</param>
    /// <param name="request">How to fit.</param>
    /// <param name="output">Where progress goes.</param>
    /// <param name="cancellation">Ends the fit.</param>
    public static TrainOutcome Fit(
        LabeledFeatures features,
        IReadOnlyList<string> labels,
        FeatureStoreKey origin,
        DatasetSplit? declared,
        TrainRequest request,
        CommandOutput output,
        CancellationToken cancellation)
    {
        var split = declared ?? request.Split.Apply(features.Paths, features.Labels);
        var splitText = declared is null ? request.Split.Describe() : "as the source states";
        var classes = labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        var training = features.Select(split.Rows(Subset.Training));
        if (training.Paths.Count == 0)
        {
            throw new TrainingDataException($"None of {features.Paths.Count} images is left for training ({splitText}). Lower --test and --validation, or add images.");
        }

        var watched = features.Select(split.Rows(Subset.Validation));
        var validating = new TrainingRows { Features = watched.Matrix, Labels = Numbers(watched, classes) };
        var clock = Stopwatch.StartNew();
        var trainer = request.CreateTrainer(labels, training.Paths.Count);
        var result = Train(trainer, new TrainingRows { Features = training.Matrix, Labels = Numbers(training, classes) }, validating, output, cancellation);
        var elapsed = clock.Elapsed;

        var description = HeadDescription.Of(origin, labels) with { Trainer = trainer.Name, TrainerOptions = request.Describe(trainer), CreatedBy = Program };
        var draft = result.CreateHead(description);
        var validation = Evaluate(draft, watched, classes);
        var test = Evaluate(draft, features.Select(split.Rows(Subset.Test)), classes);
        var metrics = new Dictionary<string, double> { ["training_accuracy"] = result.Accuracy, ["training_log_loss"] = result.LogLoss };
        Note(metrics, "validation", validation);
        Note(metrics, "test", test);
        var head = draft.WithDescription(
            description with { Training = new TrainingFacts { Rows = training.Paths.Count, Split = splitText, Objective = result.Objective, Metrics = metrics } });
        return new TrainOutcome(
            head, trainer.Name, trainer.IterationUnit, training.Paths.Count, result.Objective, result.Accuracy, result.Iterations, result.Converged, elapsed, validation, test, result.History, result.BestEpoch,
            [.. split.Notices, .. result.Notices]);
    }

    /// <summary>Evaluates a head on rows whose labels it knows; null where there are no rows.</summary>
    public static ClassificationReport? Evaluate(ClassifierHead head, LabeledFeatures rows, IReadOnlyDictionary<string, int> classes) => rows.Paths.Count == 0
        ? null
        : ClassificationReport.Create(head.Labels, Numbers(rows, classes), head.Predict(rows.Matrix), rows.Paths);

    private static int[] Numbers(LabeledFeatures rows, IReadOnlyDictionary<string, int> classes) => [.. rows.Labels.Select(label => classes[label])];

    private static void Note(Dictionary<string, double> metrics, string subset, ClassificationReport? report)
    {
        if (report is not null)
        {
            metrics[subset + "_rows"] = report.Rows;
            metrics[subset + "_accuracy"] = report.Accuracy;
            metrics[subset + "_log_loss"] = report.LogLoss;
        }
    }

    private static HeadFit Train(
        IHeadTrainer trainer, TrainingRows training, TrainingRows validation, CommandOutput output, CancellationToken cancellation)
    {
        using var display = output.Progress("Fitting", trainer.IterationUnit ?? "rows");
        var clock = Stopwatch.StartNew();
        var progress = new DirectProgress<TrainingProgress>(state =>
        {
            // A fit of a second or two needs no commentary.
            if (clock.Elapsed.TotalSeconds < 1)
            {
                return;
            }

            // Only trainers without a stopping rule of their own know how much is left.
            var rate = state.Iteration / clock.Elapsed.TotalSeconds;
            TimeSpan? left = trainer.IterationUnit == "steps" && rate > 0 ? TimeSpan.FromSeconds((state.MaxIterations - state.Iteration) / rate) : null;
            display.Report(state.Iteration, state.MaxIterations, rate, left, string.Create(CultureInfo.InvariantCulture, $"objective {state.Objective:0.000000}"));
        });
        return trainer.Fit(training, validation, progress, cancellation);
    }
}
