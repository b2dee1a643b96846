using System.Runtime.InteropServices;
using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;
using MlTransfer.Goldens;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>Optima of a head on the flowers' features: objective, losses and the very rows that are classified wrongly.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "flowers/expected.json")]
public sealed class FlowersGoldenTests(ITestOutputHelper output)
{
    private const string Absent = "no case";

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        if (GoldenFolder.Index("flowers", "expected.json") is { } index)
        {
            foreach (var item in index.GetProperty("cases").EnumerateArray())
            {
                cases.Add(NameOf(item));
            }
        }

        if (cases.Count == 0)
        {
            cases.Add(Absent);
        }

        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Optimum_matches(string name)
    {
        Skip.If(name == Absent, "The golden folder has no flowers/expected.json.");
        var index = GoldenFolder.Index("flowers", "expected.json")!.Value;
        var expected = index.GetProperty("cases").EnumerateArray().Single(item => NameOf(item) == name);
        var classes = index.GetProperty("classes").EnumerateArray().Select(item => item.GetString()!).ToArray();
        var path = GoldenFolder.At("flowers", expected.GetProperty("features").GetString()!);
        Skip.IfNot(File.Exists(path), $"{path} is absent.");
        var array = NpyReader.Read(path);
        var all = new FeatureMatrix(MemoryMarshal.Cast<byte, float>(array.Data).ToArray(), array.Shape[0], array.Shape[1]);
        var labels = RowLabels(classes);
        var train = Rows(index, "train_rows");
        var test = Rows(index, "test_rows");

        var trainer = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = classes, L2 = expected.GetProperty("lambda").GetDouble() });
        var result = trainer.Fit(all.Select(train), Array.ConvertAll(train, row => labels[row]));
        var objective = expected.GetProperty("objective").GetDouble();
        output.WriteLine(
            $"{name}: {result.Iterations} iterations, {result.Evaluations} passes, {result.StopReason}, gradient {result.GradientNorm:g3}, objective off by {(result.Objective - objective) / objective:g3}");

        var head = new SoftmaxHead(result.Weights, new HeadDescription { Labels = classes, BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" });
        var report = ClassificationReport.Create(classes, Array.ConvertAll(test, row => labels[row]), head.Predict(all.Select(test)));
        Assert.True(result.Converged);
        Assert.Equal(objective, result.Objective, objective * 1e-8);
        Assert.Equal(expected.GetProperty("train_log_loss").GetDouble(), result.LogLoss, 1e-5);
        Assert.Equal(expected.GetProperty("test_log_loss").GetDouble(), report.LogLoss, 1e-5);
        Assert.Equal(Rows(expected, "test_wrong_rows").Order(), report.Misclassified.Select(wrong => test[wrong.Row]).Order());
    }

    private static string NameOf(JsonElement item) => $"{item.GetProperty("features").GetString()} lambda {item.GetProperty("lambda").GetRawText()}";

    private static int[] Rows(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];

    private static int[] RowLabels(string[] classes) =>
        [.. CsvListSource.Read(GoldenFolder.At("flowers", "photos.csv")).Images.Select(image => Array.IndexOf(classes, image.Label))];
}
