using MlTransfer.Datasets.Arrays;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>Optima polished by Newton's method: L2 (plain, balanced and sample weights) and unpenalised.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class OptimaGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases() => TrainerGoldens.Names(
        "optima.json",
        "optima",
        item => item.GetProperty("name").GetString()!.StartsWith("l2_", StringComparison.Ordinal) || item.GetProperty("name").GetString() == "unpenalised");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Optimum_matches(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no 6_trainers/optima.json.");
        var expected = TrainerGoldens.Case("optima.json", "optima", name);
        var (features, labels) = TrainerGoldens.Data("dataset.npz");
        var penalised = name != "unpenalised";

        // The goldens state C · Σ CE + ½ Σ W²; ours is that divided by C · rows.
        var scale = penalised ? expected.GetProperty("C").GetDouble() * features.Rows : features.Rows;
        double[] weights = [];
        if (name.EndsWith("sample_weight", StringComparison.Ordinal))
        {
            using var data = new NpzReader(TrainerGoldens.At("dataset.npz"));
            weights = data.Read("sample_weight").AsSpan<double>().ToArray();
        }

        using var archive = new NpzReader(TrainerGoldens.At("optima.npz"));
        var coefficients = archive.Read($"{name}__coef");
        var intercept = archive.Read($"{name}__intercept").AsSpan<double>().ToArray();
        var result = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions
        {
            Labels = TrainerGoldens.ClassNames(intercept.Length),
            L2 = penalised ? 1 / scale : 0,
            ClassWeighting = name.EndsWith("balanced", StringComparison.Ordinal) ? ClassWeighting.Balanced : ClassWeighting.None,
            Tolerance = 1e-12,
            MaxIterations = 5000,
        }).Fit(features, labels, weights);
        var objective = expected.GetProperty("objective").GetDouble() / scale;
        var worst = 0.0;
        for (var i = 0; i < result.Weights.Weight.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(result.Weights.Weight[i] - coefficients.AsSpan<double>()[i]));
        }

        output.WriteLine(
            $"{name}: {result.Iterations} iterations, {result.StopReason}, objective off by {(result.Objective - objective) / objective:g3}, weights by {worst:g3}");
        Assert.Equal(objective, result.Objective, objective * 1e-9);
        Assert.Equal(expected.GetProperty("accuracy").GetDouble(), result.Accuracy, 1e-12);
        if (penalised)
        {
            Assert.True(worst < 2e-4, $"A weight is off by {worst}.");
            for (var c = 0; c < intercept.Length; c++)
            {
                Assert.Equal(intercept[c], result.Weights.Bias[c], 2e-4);
            }
        }
    }

    [SkippableFact]
    public void Separable_rows_without_penalty_stop_by_themselves()
    {
        Skip.IfNot(File.Exists(TrainerGoldens.At("separable.npz")), "The golden folder has no 6_trainers/separable.npz.");
        var (features, labels) = TrainerGoldens.Data("separable.npz");
        var result = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(labels.Max() + 1), L2 = 0 })
            .Fit(features, labels);
        Assert.Equal(1, result.Accuracy);
        Assert.True(result.LogLoss < 1e-3);
        Assert.Contains(result.Notices, notice => notice.Contains("no finite optimum", StringComparison.Ordinal));
    }
}
