using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

/// <summary>scikit-learn's metrics on stored probabilities.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class MetricsGoldenTests
{
    /// <summary>What each entry of the file says, and whether the report says the same; stored probabilities are float64 and the report takes float32.</summary>
    private static readonly Dictionary<string, Action<JsonElement, ClassificationReport>> Checks = new()
    {
        ["rows"] = (value, report) => Assert.Equal(value.GetInt32(), report.Rows),
        ["classes"] = (value, report) => Assert.Equal(value.GetInt32(), report.Classes.Count),
        ["accuracy"] = (value, report) => Same(value, report.Accuracy),
        ["balanced_accuracy"] = (value, report) => Same(value, report.BalancedAccuracy),
        ["top_k"] = (value, report) => Assert.Equal(value.EnumerateObject().Select(property => property.Value.GetDouble()), report.TopK.Select(top => top.Accuracy), Close),
        ["log_loss"] = (value, report) => Assert.Equal(value.GetDouble(), report.LogLoss, 1e-6),
        ["confusion_matrix_rows_true_cols_predicted"] = (value, report) => Assert.Equal(
            value.EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetInt32()).ToArray()), report.Confusion.Select(row => row.ToArray())),
        ["per_class"] = PerClass,
        ["macro"] = (value, report) => Same(value, report.Macro),
        ["micro"] = (value, report) => Same(value, report.Micro),
        ["weighted"] = (value, report) => Same(value, report.Weighted),
        ["roc_auc_ovr_macro"] = (value, report) => Same(value, report.RocAuc!.Value),
        ["roc_auc_ovr_weighted"] = (value, report) => Same(value, report.RocAucWeighted!.Value),
        ["roc_auc_ovo_macro"] = (value, report) => Same(value, report.RocAucPairwise!.Value),
        ["roc_auc_per_class"] = (value, report) => Assert.Equal(Numbers(value), report.Classes.Select(metrics => metrics.RocAuc!.Value), Close),
        ["average_precision_per_class"] = (value, report) => Assert.Equal(Numbers(value), report.Classes.Select(metrics => metrics.AveragePrecision!.Value), Close),
        ["ece"] = ExpectedError,
        ["brier"] = Brier,
        ["mcc"] = (value, report) => Same(value, report.MatthewsCorrelation),
        ["cohen_kappa"] = (value, report) => Same(value, report.CohenKappa!.Value),
        ["entropy_mean"] = (value, report) => Assert.Equal(value.GetDouble(), report.Calibration.MeanEntropy, 1e-6),
    };

    /// <summary>Entries that say how, and those that other tests of this class are about.</summary>
    private static readonly string[] Elsewhere = ["averages_order", "sklearn", "temperature", "binary_with_ties"];

    public static TheoryData<string> Entries()
    {
        var entries = new TheoryData<string>();
        foreach (var entry in TrainerGoldens.Index("metrics.json")?.EnumerateObject().Select(property => property.Name) ?? [TrainerGoldens.Absent])
        {
            entries.Add(entry);
        }

        return entries;
    }

    [SkippableTheory]
    [MemberData(nameof(Entries))]
    public void Report_matches_scikit_learn(string entry)
    {
        Skip.If(entry == TrainerGoldens.Absent, "The golden folder has no 6_trainers/metrics.json.");
        if (Elsewhere.Contains(entry))
        {
            return;
        }

        Assert.True(Checks.TryGetValue(entry, out var check), $"No check knows the entry '{entry}'.");
        check(TrainerGoldens.Index("metrics.json")!.Value.GetProperty(entry), Report());
    }

    private static ClassificationReport Report()
    {
        var index = TrainerGoldens.Index("metrics.json")!.Value;
        using var archive = new NpzReader(TrainerGoldens.At("metrics_input.npz"));
        var probabilities = Array.ConvertAll(archive.Read("probabilities").AsSpan<double>().ToArray(), value => (float)value);
        var actual = Array.ConvertAll(archive.Read("labels").AsSpan<long>().ToArray(), label => (int)label);
        var topK = index.GetProperty("top_k").EnumerateObject().Select(property => int.Parse(property.Name, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return ClassificationReport.Create(TrainerGoldens.ClassNames(index.GetProperty("classes").GetInt32()), actual, probabilities, topK: topK);
    }

    private static void PerClass(JsonElement value, ClassificationReport report)
    {
        foreach (var list in value.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Array))
        {
            Assert.Equal(
                Numbers(list.Value),
                report.Classes.Select(metrics => list.Name switch
                {
                    "precision" => metrics.Precision ?? 0,
                    "recall" => metrics.Recall ?? 0,
                    "f1" => metrics.F1 ?? 0,
                    "support" => metrics.Support,
                    _ => throw new InvalidDataException($"No check knows the entry 'per_class/{list.Name}'."),
                }),
                Close);
        }
    }

    private static void ExpectedError(JsonElement value, ClassificationReport report)
    {
        Assert.Equal(value.GetProperty("value").GetDouble(), report.Calibration.ExpectedError, 1e-6);
        Assert.Equal(value.GetProperty("mce").GetDouble(), report.Calibration.LargestError, 1e-6);
        var bins = value.GetProperty("bins_count_accuracy_confidence").EnumerateArray().ToArray();
        Assert.Equal(bins.Select(bin => bin[0].GetInt32()), report.Calibration.Bins.Select(bin => bin.Count));
        for (var bin = 0; bin < bins.Length; bin++)
        {
            Assert.Equal(bins[bin][1].ValueKind == JsonValueKind.Null, report.Calibration.Bins[bin].Accuracy is null);
            if (report.Calibration.Bins[bin] is { Accuracy: { } accuracy, Confidence: { } confidence })
            {
                Assert.Equal(bins[bin][1].GetDouble(), accuracy, 1e-12);
                Assert.Equal(bins[bin][2].GetDouble(), confidence, 1e-6);
            }
        }
    }

    private static void Brier(JsonElement value, ClassificationReport report)
    {
        foreach (var number in value.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Number))
        {
            Assert.Equal(number.Value.GetDouble(), report.Calibration.Brier, 1e-6);
        }
    }

    private static void Same(JsonElement value, double found) => Assert.Equal(value.GetDouble(), found, 1e-12);

    private static void Same(JsonElement value, AveragedMetrics found) => Assert.Equal(Numbers(value), [found.Precision, found.Recall, found.F1], Close);

    [SkippableFact]
    public void Tied_scores_rank_as_in_scikit_learn()
    {
        var expected = TrainerGoldens.Index("metrics.json");
        Skip.If(expected is null, "The golden folder has no 6_trainers/metrics.json.");
        var ties = expected.Value.GetProperty("binary_with_ties");
        double[] scores = [.. Numbers(ties.GetProperty("scores"))];
        bool[] positives = [.. Numbers(ties.GetProperty("labels")).Select(label => label == 1)];
        Assert.Equal(ties.GetProperty("roc_auc").GetDouble(), Ranking.RocAuc(scores, positives)!.Value, 1e-12);
        Assert.Equal(ties.GetProperty("average_precision").GetDouble(), Ranking.AveragePrecision(scores, positives)!.Value, 1e-12);
    }

    [SkippableFact]
    public void The_temperature_is_the_best_one()
    {
        var expected = TrainerGoldens.Index("metrics.json");
        Skip.If(expected is null, "The golden folder has no 6_trainers/metrics.json.");
        var temperature = expected.Value.GetProperty("temperature");
        using var archive = new NpzReader(TrainerGoldens.At("metrics_input.npz"));
        var logits = archive.Read("logits").AsSpan<float>();
        var actual = Array.ConvertAll(archive.Read("labels").AsSpan<long>().ToArray(), label => (int)label);
        var found = TemperatureScaling.Fit(logits, actual);
        Assert.Equal(temperature.GetProperty("T").GetDouble(), found, 1e-5);
        Assert.Equal(temperature.GetProperty("log_loss_before").GetDouble(), TemperatureScaling.LogLoss(logits, actual, 1), 1e-6);
        Assert.Equal(temperature.GetProperty("log_loss_after").GetDouble(), TemperatureScaling.LogLoss(logits, actual, found), 1e-8); // Logits are stored as float32.
    }

    private static IEnumerable<double> Numbers(JsonElement list) => list.EnumerateArray().Select(item => item.GetDouble());

    private static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-12;
}
