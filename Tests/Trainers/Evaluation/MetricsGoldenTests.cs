using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

/// <summary>scikit-learn's metrics on stored probabilities.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class MetricsGoldenTests
{
    [SkippableFact]
    public void Report_matches_scikit_learn()
    {
        var expected = TrainerGoldens.Index("metrics.json");
        Skip.If(expected is null, "The golden folder has no 6_trainers/metrics.json.");
        var index = expected.Value;
        using var archive = new NpzReader(TrainerGoldens.At("metrics_input.npz"));
        var probabilities = Array.ConvertAll(archive.Read("probabilities").AsSpan<double>().ToArray(), value => (float)value);
        var actual = Array.ConvertAll(archive.Read("labels").AsSpan<long>().ToArray(), label => (int)label);
        var labels = TrainerGoldens.ClassNames(index.GetProperty("classes").GetInt32());
        var topK = index.GetProperty("top_k").EnumerateObject().Select(property => int.Parse(property.Name, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var report = ClassificationReport.Create(labels, actual, probabilities, topK: topK);

        Assert.Equal(index.GetProperty("rows").GetInt32(), report.Rows);
        Assert.Equal(index.GetProperty("accuracy").GetDouble(), report.Accuracy, 1e-12);
        Assert.Equal(index.GetProperty("balanced_accuracy").GetDouble(), report.BalancedAccuracy, 1e-12);
        Assert.Equal(index.GetProperty("log_loss").GetDouble(), report.LogLoss, 1e-6);
        Assert.Equal(index.GetProperty("top_k").EnumerateObject().Select(property => property.Value.GetDouble()), report.TopK.Select(top => top.Accuracy), Close);
        Assert.Equal(
            index.GetProperty("confusion_matrix_rows_true_cols_predicted").EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetInt32()).ToArray()),
            report.Confusion.Select(row => row.ToArray()));
        var classes = index.GetProperty("per_class");
        Assert.Equal(Numbers(classes.GetProperty("precision")), report.Classes.Select(metrics => metrics.Precision ?? 0), Close);
        Assert.Equal(Numbers(classes.GetProperty("recall")), report.Classes.Select(metrics => metrics.Recall ?? 0), Close);
        Assert.Equal(Numbers(classes.GetProperty("f1")), report.Classes.Select(metrics => metrics.F1 ?? 0), Close);
        Assert.Equal(Numbers(classes.GetProperty("support")), report.Classes.Select(metrics => (double)metrics.Support), Close);
        Assert.Equal(Numbers(index.GetProperty("macro")), [report.Macro.Precision, report.Macro.Recall, report.Macro.F1], Close);
        Assert.Equal(Numbers(index.GetProperty("weighted")), [report.Weighted.Precision, report.Weighted.Recall, report.Weighted.F1], Close);
        // Stored probabilities are float64; the report takes float32, so sums agree to about 1e-7 and ranks exactly.
        Assert.Equal(index.GetProperty("roc_auc_ovr_macro").GetDouble(), report.RocAuc!.Value, 1e-12);
        Assert.Equal(Numbers(index.GetProperty("roc_auc_per_class")), report.Classes.Select(metrics => metrics.RocAuc!.Value), Close);
        Assert.Equal(Numbers(index.GetProperty("average_precision_per_class")), report.Classes.Select(metrics => metrics.AveragePrecision!.Value), Close);
        Assert.Equal(index.GetProperty("brier").GetProperty("value").GetDouble(), report.Calibration.Brier, 1e-6);
        Assert.Equal(index.GetProperty("ece").GetProperty("value").GetDouble(), report.Calibration.ExpectedError, 1e-6);
        Assert.Equal(index.GetProperty("ece").GetProperty("mce").GetDouble(), report.Calibration.LargestError, 1e-6);
        Assert.Equal(index.GetProperty("entropy_mean").GetDouble(), report.Calibration.MeanEntropy, 1e-6);
        Assert.Equal(
            index.GetProperty("ece").GetProperty("bins_count_accuracy_confidence").EnumerateArray().Select(bin => bin[0].GetInt32()),
            report.Calibration.Bins.Select(bin => bin.Count));
        Assert.Equal(report.Rows - report.Classes.Sum(metrics => metrics.Correct), report.Misclassified.Count);
    }

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
