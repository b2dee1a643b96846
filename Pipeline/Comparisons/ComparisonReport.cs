using System.Globalization;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Comparisons;

/// <summary>Tells a comparison to people, scripts and spreadsheets.</summary>
internal static class ComparisonReport
{
    /// <summary>One table, and what of it is more than chance.</summary>
    public static void Say(Comparison comparison, CommandOutput output)
    {
        foreach (var entry in comparison.Entries)
        {
            foreach (var notice in entry.Result.Notices)
            {
                output.Notice($"{entry.Name(comparison)}: {notice}");
            }
        }

        var aside = comparison.KeptAside > 0 ? $"; {comparison.KeptAside} kept for testing take no part" : "";
        output.Line($"{comparison.Images} images, {comparison.Options.Folds} folds{(comparison.Options.Repeats > 1 ? $" × {comparison.Options.Repeats}" : "")}{aside}");
        if (comparison.Entries.GroupBy(entry => entry.Features.Model).Any(model => model.Select(entry => entry.Features.Tap).Distinct(StringComparer.Ordinal).Count() > 1
            && model.All(entry => entry.Features.ExtractionSeconds is not null)))
        {
            output.Line("Extraction is the time of one pass over the images, which gives all tensors of a network.");
        }

        output.Line();
        output.Line(TextTable.Render([Header(comparison), .. comparison.Entries.Select(entry => Row(comparison, entry))], leftColumns: Names(comparison, null).Count).TrimEnd('\n'));
        output.Line();
        foreach (var sentence in Conclusions(comparison))
        {
            output.Line(sentence);
        }
    }

    /// <summary>For scripts.</summary>
    public static object ToJson(Comparison comparison, IReadOnlyList<ImageFault> faults) => new
    {
        images = comparison.Images,
        keptAside = comparison.KeptAside,
        faults,
        folds = comparison.Options.Folds,
        repeats = comparison.Options.Repeats,
        seed = comparison.Options.Seed,
        best = Enumerable.Range(0, comparison.Entries.Count).First(number => ReferenceEquals(comparison.Entries[number], comparison.Best)),
        rows = comparison.Entries.Select(entry => new
        {
            model = entry.Features.Model,
            tap = entry.Features.Tap,
            trainer = entry.Trainer.Name,
            features = entry.Features.Dimension,
            extractionSeconds = entry.Features.ExtractionSeconds,
            fitSeconds = entry.FitSeconds,
            accuracy = entry.Result.Results.Accuracy,
            accuracyInterval = entry.Result.Results.AccuracyInterval(),
            accuracyDeviation = entry.Result.AccuracyDeviation,
            logLoss = entry.Result.Results.MeanLogLoss,
            logLossInterval = entry.Result.Results.LogLossInterval(),
            againstFirst = entry.AgainstFirst,
            againstFirstPValue = entry.AgainstFirstPValue,
            againstBest = entry.AgainstBest,
            againstBestPValue = entry.AgainstBestPValue,
            notices = entry.Result.Notices,
        }),
        conclusions = Conclusions(comparison),
    };

    /// <summary>For spreadsheets.</summary>
    public static CsvTable ToTable(Comparison comparison)
    {
        var table = new CsvTable(
        [
            "model", "tap", "trainer", "features", "extraction_seconds", "fit_seconds", "accuracy", "accuracy_low", "accuracy_high", "accuracy_deviation",
            "log_loss", "log_loss_low", "log_loss_high", "difference", "difference_low", "difference_high", "p_value", "p_value_against_best",
        ]);
        foreach (var entry in comparison.Entries)
        {
            var (accuracy, loss) = (entry.Result.Results.AccuracyInterval(), entry.Result.Results.LogLossInterval());
            table.Add(
            [
                entry.Features.Model, entry.Features.Tap, entry.Trainer.Name, entry.Features.Dimension, entry.Features.ExtractionSeconds, entry.FitSeconds,
                entry.Result.Results.Accuracy, accuracy.Low, accuracy.High, entry.Result.AccuracyDeviation, entry.Result.Results.MeanLogLoss, loss.Low, loss.High,
                entry.AgainstFirst?.AccuracyDifference, entry.AgainstFirst?.AccuracyInterval.Low, entry.AgainstFirst?.AccuracyInterval.High,
                entry.AgainstFirstPValue, entry.AgainstBestPValue,
            ]);
        }

        return table;
    }

    /// <summary>What a reader should take from it.</summary>
    public static IReadOnlyList<string> Conclusions(Comparison comparison)
    {
        var (best, first) = (comparison.Best, comparison.Entries[0]);
        if (comparison.Entries.Count == 1)
        {
            return [];
        }

        var sentences = new List<string>();
        if (!ReferenceEquals(best, first))
        {
            var difference = best.AgainstFirst!;
            sentences.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Best is {best.Name(comparison)}: {Points(difference.AccuracyDifference)} points above {first.Name(comparison)} ({Points(difference.AccuracyInterval.Low)} to {Points(difference.AccuracyInterval.High)}), {Verdict(best.AgainstFirstPValue!.Value)}."));
        }
        else
        {
            sentences.Add($"Best is {best.Name(comparison)}, the first.");
        }

        var equal = comparison.Entries.Where(entry => !ReferenceEquals(entry, best) && entry.AgainstBestPValue >= Comparison.Significance).ToArray();
        sentences.Add(equal.Length == 0
            ? "All others do worse by more than chance."
            : $"Not told apart from it on these images (p of at least {Comparison.Significance.ToString(CultureInfo.InvariantCulture)}): {string.Join(", ", equal.Select(entry => entry.Name(comparison)))}.");
        sentences.Add("The best of many looks a little better than it is; measure it on images that took no part.");
        return sentences;
    }

    private static List<string> Names(Comparison comparison, ComparisonEntry? entry)
    {
        var names = new List<string>();
        if (comparison.HasModels)
        {
            names.Add(entry?.Features.Model ?? "Model");
        }

        names.Add(entry?.Features.Tap ?? "Tap");
        if (comparison.HasTrainers)
        {
            names.Add(entry?.Trainer.Name ?? "Trainer");
        }

        return names;
    }

    private static IReadOnlyList<string> Header(Comparison comparison) =>
    [
        .. Names(comparison, null), "Features", "Extraction", "Fit", "Accuracy", "(95 %)", "Log loss",
        .. comparison.Entries.Count > 1 ? new[] { "Against first", "(95 %)", "p" } : [],
    ];

    private static List<string> Row(Comparison comparison, ComparisonEntry entry)
    {
        var (results, culture) = (entry.Result.Results, CultureInfo.InvariantCulture);
        var interval = results.AccuracyInterval();
        var row = new List<string>(Names(comparison, entry))
        {
            entry.Features.Dimension.ToString(culture),
            entry.Features.ExtractionSeconds is { } seconds ? ProgressDisplay.Duration(TimeSpan.FromSeconds(seconds)) : "cached",
            string.Create(culture, $"{entry.FitSeconds:0.00} s"),
            string.Create(culture, $"{results.Accuracy:0.0000}"),
            string.Create(culture, $"{interval.Low:0.0000} to {interval.High:0.0000}"),
            string.Create(culture, $"{results.MeanLogLoss:0.0000}"),
        };
        if (comparison.Entries.Count > 1)
        {
            row.AddRange(entry.AgainstFirst is { } difference
                ? [Points(difference.AccuracyDifference), $"{Points(difference.AccuracyInterval.Low)} to {Points(difference.AccuracyInterval.High)}", Chance(entry.AgainstFirstPValue!.Value)]
                : ["", "", ""]);
        }

        return row;
    }

    private static string Points(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Chance(double value) => value < 0.0001 ? "< 0.0001" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Verdict(double value) =>
        value < Comparison.Significance ? $"more than chance (p {(value < 0.0001 ? "" : "= ")}{Chance(value)})" : $"which may be chance (p = {Chance(value)})";
}
