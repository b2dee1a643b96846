using System.Globalization;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How a way to fit does on images it has not seen, each image in turn.</summary>
/// <param name="Folds">Parts.</param>
/// <param name="Repeats">Times.</param>
/// <param name="Seed">Seed of the folds.</param>
/// <param name="Rows">The images, without those kept for testing.</param>
/// <param name="Result">What was found.</param>
internal sealed record CrossValidationOutcome(int Folds, int Repeats, int Seed, LabeledFeatures Rows, CrossValidationResult Result)
{
    /// <summary>Cross-validates a request with its progress shown.</summary>
    public static CrossValidationResult Run(
        CrossValidator validator, TrainRequest request, IReadOnlyList<string> labels, LabeledFeatures rows, int fits, CommandOutput output, CancellationToken cancellation)
    {
        using var display = output.Progress("Cross-validating", "fits");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var gate = new Lock();
        var progress = new DirectProgress<int>(done =>
        {
            lock (gate)
            {
                var rate = done / clock.Elapsed.TotalSeconds;
                display.Report(done, fits, rate, TimeSpan.FromSeconds((fits - done) / rate));
            }
        });

        var single = request.ForFolds();
        return validator.Run(count => single.CreateTrainer(labels, count), rows.ToTrainingRows(Classes(labels)), progress, cancellation);
    }

    /// <summary>The number of each label.</summary>
    public static Dictionary<string, int> Classes(IReadOnlyList<string> labels) =>
        labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);

    /// <summary>Says what was found.</summary>
    public void Say(CommandOutput output)
    {
        foreach (var notice in Result.Notices)
        {
            output.Notice(notice);
        }

        var results = Result.Results;
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Cross-validation, {Folds} folds{(Repeats > 1 ? $" × {Repeats}" : "")}, {Rows.Paths.Count} images (no test image): accuracy {results.Accuracy:0.0000} ({Range(results.AccuracyInterval())}), ± {Result.AccuracyDeviation:0.0000} over the fits; log loss {results.MeanLogLoss:0.0000} ({Range(results.LogLossInterval())})"));
    }

    /// <summary>For scripts.</summary>
    public object ToJson() => new
    {
        folds = Folds,
        repeats = Repeats,
        seed = Seed,
        images = Rows.Paths.Count,
        accuracy = Result.Results.Accuracy,
        accuracyInterval = Result.Results.AccuracyInterval(),
        accuracyDeviation = Result.AccuracyDeviation,
        logLoss = Result.Results.MeanLogLoss,
        logLossInterval = Result.Results.LogLossInterval(),
        fits = Result.Folds.Select(fold => new { fold.Repeat, fold.Fold, fold.TrainingRows, fold.TestRows, fold.Accuracy, fold.LogLoss, fold.Iterations, fold.Temperature, seconds = fold.Elapsed.TotalSeconds }),
        report = Result.Report(0, Rows.Paths),
        notices = Result.Notices,
    };

    /// <summary>Out-of-fold predictions, a row an image and repeat.</summary>
    public CsvTable ToTable()
    {
        var table = new CsvTable(["path", "label", "repeat", "fold", "predicted", .. Result.Labels.Select(label => "p_" + label)]);
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            for (var row = 0; row < Rows.Paths.Count; row++)
            {
                var own = Result.Probabilities[repeat].AsSpan(row * Result.Labels.Count, Result.Labels.Count);
                var predicted = 0;
                var cells = new List<object>();
                for (var c = 0; c < own.Length; c++)
                {
                    predicted = own[c] > own[predicted] ? c : predicted;
                    cells.Add(own[c]);
                }

                table.Add([Rows.Paths[row], Rows.Labels[row], repeat, Result.Assignments[repeat][row], Result.Labels[predicted], .. cells]);
            }
        }

        return table;
    }

    private static string Range(ConfidenceInterval interval) => string.Create(CultureInfo.InvariantCulture, $"{interval.Low:0.0000} to {interval.High:0.0000}");
}
