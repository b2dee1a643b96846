using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

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
        var groups = request.Evaluation is { KeepTogether: true, DuplicateThreshold: { } threshold }
            ? DuplicateGroups.Find(features, threshold, request.Threads, cancellation)
            : null;
        if (groups is not null)
        {
            (split, splitText) = (groups.KeepTogether(split, features.Labels), splitText + ", near-duplicates kept together");
        }

        var classes = labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
        var training = features.Select(split.Rows(Subset.Training));
        if (training.Paths.Count == 0)
        {
            throw new TrainingDataException($"None of {features.Paths.Count} images is left for training ({splitText}). Lower --test and --validation, or add images.");
        }

        var watched = features.Select(split.Rows(Subset.Validation));
        var tested = features.Select(split.Rows(Subset.Test));
        var (fitting, validating) = (training.ToTrainingRows(classes), watched.ToTrainingRows(classes));
        var clock = Stopwatch.StartNew();
        request.WarmStart?.EnsureMatches(origin.BackboneId, origin.GraphSha256, origin.Tensor, origin.Preprocessing);
        var trainer = request.CreateTrainer(labels, training.Paths.Count);
        var result = Train(trainer, fitting, validating, output, cancellation);
        var elapsed = clock.Elapsed;

        var description = HeadDescription.Of(origin, labels) with { Trainer = trainer.Name, TrainerOptions = request.Describe(trainer, result), CreatedBy = Program };
        var draft = result.CreateHead(description);
        var (validation, test) = (Evaluate(draft, watched, classes), Evaluate(draft, tested, classes));
        CalibrationOutcome? calibration = null;
        if (request.Evaluation.Calibrate)
        {
            description = description with { Temperature = CalibrationOutcome.Fit(draft, validating, request.Threads, output) };
            draft = draft.WithDescription(description);
            var (warm, warmTest) = (Evaluate(draft, watched, classes)!, Evaluate(draft, tested, classes));
            calibration = new CalibrationOutcome(
                description.Temperature.Value, CalibrationOutcome.Effect.Of(validation!, warm), test is null ? null : CalibrationOutcome.Effect.Of(test, warmTest!));
            (validation, test) = (warm, warmTest);
        }

        RejectionOutcome? rejection = null;
        if (request.Evaluation.RejectionRate is { } rate)
        {
            description = description with { Rejection = RejectionRule.Fit(draft, fitting, validating, rate, request.Threads, cancellation) };
            rejection = RejectionOutcome.Of(description.Rejection, draft, watched, tested);
        }

        var metrics = new Dictionary<string, double> { ["training_accuracy"] = result.Accuracy, ["training_log_loss"] = result.LogLoss };
        Note(metrics, "validation", validation);
        Note(metrics, "test", test);
        var head = draft.WithDescription(
            description with { Training = new TrainingFacts { Rows = training.Paths.Count, Split = splitText, Objective = result.Objective, Metrics = metrics } });
        var leaks = Leaks(features, split, request, output, cancellation);
        return new TrainOutcome(
            head, trainer.Name, trainer.IterationUnit, training.Paths.Count, result.Objective, result.Accuracy, result.Iterations, result.Converged, elapsed, validation, test, result.History, result.BestEpoch,
            [.. split.Notices, .. result.Notices])
        {
            Checks = new HeadChecks
            {
                Leaks = leaks,
                AccuracyWithoutLeaks = WithoutLeaks(leaks, test, tested),
                Calibration = calibration,
                Rejection = rejection,
                CrossValidation = CrossValidate(features, labels, split, groups, request, output, cancellation),
            },
            Path = (result as TrainingResult)?.Path,
        };
    }

    /// <summary>Evaluates a head on rows whose labels it knows; null where there are no rows.</summary>
    public static ClassificationReport? Evaluate(ClassifierHead head, LabeledFeatures rows, IReadOnlyDictionary<string, int> classes) => rows.Paths.Count == 0
        ? null
        : ClassificationReport.Create(head.Labels, Numbers(rows, classes), head.Predict(rows.Matrix), rows.Paths);

    private static int[] Numbers(LabeledFeatures rows, IReadOnlyDictionary<string, int> classes) => [.. rows.Labels.Select(label => classes[label])];

    private static DuplicateImages? Leaks(LabeledFeatures features, DatasetSplit split, TrainRequest request, CommandOutput output, CancellationToken cancellation)
    {
        if (request.Evaluation.DuplicateThreshold is not { } threshold || split.Subsets.Distinct().Count() < 2)
        {
            return null;
        }

        if (features.Paths.Count > DuplicateImages.MostRowsUnasked)
        {
            output.Notice($"{features.Paths.Count} images are many to compare with one another; whether copies of one picture are split up was not looked at. 'audit' looks.");
            return null;
        }

        return DuplicateImages.Find(features, split, threshold, request.Threads, cancellation);
    }

    private static double? WithoutLeaks(DuplicateImages? leaks, ClassificationReport? test, LabeledFeatures tested)
    {
        var leaked = leaks?.TestImages.ToHashSet(StringComparer.Ordinal) ?? [];
        var clean = tested.Paths.Count - leaked.Count;
        return leaked.Count == 0 || clean == 0 || test is null ? null : (clean - test.Misclassified.Count(wrong => !leaked.Contains(wrong.Name!))) / (double)clean;
    }

    /// <summary>On all images but the test ones: they are for the one head that is kept, and nothing is chosen by them.</summary>
    private static CrossValidationOutcome? CrossValidate(
        LabeledFeatures features, IReadOnlyList<string> labels, DatasetSplit split, DuplicateGroups? groups, TrainRequest request, CommandOutput output, CancellationToken cancellation)
    {
        if (request.Evaluation.Folds is not { } folds)
        {
            return null;
        }

        int[] chosen = [.. Enumerable.Range(0, features.Paths.Count).Where(row => split.Subsets[row] != Subset.Test)];
        var rows = features.Select(chosen);
        var (repeats, seed) = (request.Evaluation.Repeats, request.Evaluation.Seed);
        var validator = new CrossValidator(new CrossValidationOptions
        {
            Folds = folds, Repeats = repeats, Seed = seed, Calibrate = request.Evaluation.Calibrate, Threads = request.Threads, Groups = groups?.Of(chosen) ?? default,
        });
        var outcome = new CrossValidationOutcome(
            folds, repeats, seed, rows, CrossValidationOutcome.Run(validator, request, labels, rows, folds * repeats, output, cancellation));
        if (request.Evaluation.OutOfFold is { } file)
        {
            outcome.ToTable().Save(file);
        }

        return outcome;
    }

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
