using System.Diagnostics;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>Backbones × taps × trainers on the same images in the same folds, so that differences can be told from chance.</summary>
/// <param name="Images">Images compared on.</param>
/// <param name="KeptAside">Images kept for testing, which take no part.</param>
/// <param name="Options">Folds, repeats, seed.</param>
/// <param name="Entries">One a row, in the order asked for.</param>
internal sealed record Comparison(int Images, int KeptAside, CrossValidationOptions Options, IReadOnlyList<ComparisonEntry> Entries)
{
    /// <summary>A corrected p-value below this is called more than chance.</summary>
    public const double Significance = 0.05;

    /// <summary>Whether there is more than one backbone.</summary>
    public bool HasModels => Entries.Select(entry => entry.Features.Model).Distinct(StringComparer.Ordinal).Count() > 1;

    /// <summary>Whether there is more than one trainer.</summary>
    public bool HasTrainers => Entries.Select(entry => entry.Trainer.Name).Distinct(StringComparer.Ordinal).Count() > 1;

    /// <summary>The row of the highest accuracy, of the lowest log loss where several have it.</summary>
    public ComparisonEntry Best => Entries.OrderByDescending(entry => Math.Round(entry.Result.Results.Accuracy, 12)).ThenBy(entry => entry.Result.Results.MeanLogLoss).First();

    /// <summary>Cross-validates every trainer on all features.</summary>
    public static Comparison Run(
        IReadOnlyList<ComparedFeatures> features,
        IReadOnlyList<ComparedTrainer> trainers,
        IReadOnlyList<string> paths,
        int keptAside,
        CrossValidationOptions options,
        CommandOutput output,
        CancellationToken cancellation)
    {
        var found = new List<(ComparedFeatures Features, ComparedTrainer Trainer, CrossValidationResult Result)>();
        var (fits, before) = (features.Count * trainers.Count * options.Folds * options.Repeats, 0);
        using var display = output.Progress("Comparing", "fits");
        var clock = Stopwatch.StartNew();
        var gate = new Lock();
        var progress = new DirectProgress<int>(done =>
        {
            lock (gate)
            {
                var rate = (before + done) / clock.Elapsed.TotalSeconds;
                display.Report(before + done, fits, rate, TimeSpan.FromSeconds((fits - before - done) / rate));
            }
        });
        foreach (var set in features)
        {
            var rows = set.Load(paths);
            string[] labels = [.. rows.Labels.Distinct(StringComparer.Ordinal).Order(Datasets.Sources.PathOrder.Natural)];
            var training = rows.ToTrainingRows(CrossValidationOutcome.Classes(labels));
            foreach (var trainer in trainers)
            {
                var single = trainer.Request.ForFolds();
                found.Add((set, trainer, new CrossValidator(options).Run(count => single.CreateTrainer(labels, count), training, progress, cancellation)));
                before += options.Folds * options.Repeats;
            }
        }

        return Of(found, paths.Count, keptAside, options);
    }

    private static Comparison Of(
        List<(ComparedFeatures Features, ComparedTrainer Trainer, CrossValidationResult Result)> found, int images, int keptAside, CrossValidationOptions options)
    {
        var drafts = found.Select(row => new ComparisonEntry(
            row.Features, row.Trainer, row.Result.Folds.Average(fold => fold.Elapsed.TotalSeconds), row.Result, null, null, null, null)).ToArray();
        var best = Array.IndexOf(drafts, new Comparison(images, keptAside, options, drafts).Best);
        var (againstFirst, firstValues) = Against(drafts, 0);
        var (againstBest, bestValues) = Against(drafts, best);
        return new Comparison(images, keptAside, options, [.. drafts.Select((draft, number) => draft with
        {
            AgainstFirst = againstFirst[number],
            AgainstFirstPValue = firstValues[number],
            AgainstBest = againstBest[number],
            AgainstBestPValue = bestValues[number],
        })]);
    }

    /// <summary>Every other row against one; the p-values corrected for how many there are.</summary>
    private static (PairedComparison?[] Comparisons, double?[] PValues) Against(ComparisonEntry[] entries, int reference)
    {
        var others = Enumerable.Range(0, entries.Length).Where(number => number != reference).ToArray();
        var (comparisons, values) = (new PairedComparison?[entries.Length], new double?[entries.Length]);
        foreach (var number in others)
        {
            comparisons[number] = PairedComparison.Of(entries[reference].Result.Results, entries[number].Result.Results);
        }

        var corrected = PairedComparison.Holm([.. others.Select(number => comparisons[number]!.PValue)]);
        for (var i = 0; i < others.Length; i++)
        {
            values[others[i]] = corrected[i];
        }

        return (comparisons, values);
    }
}
