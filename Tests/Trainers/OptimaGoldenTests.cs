using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests;

/// <summary>
/// Optima polished by Newton's method: L2 (plain, balanced and sample weights), unpenalised, L1, elastic net and label smoothing, by L-BFGS or OWL-QN; those
/// that SDCA's objective covers also by SDCA.
/// </summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/6_trainers")]
public sealed class OptimaGoldenTests(ITestOutputHelper output)
{
    /// <summary>How far scikit-learn itself is from the stored optima.</summary>
    private const double WeightTolerance = 2e-5;

    public static TheoryData<string> Cases() => TrainerGoldens.Names("optima.json", "optima", _ => true);

    /// <summary>SDCA's epochs grow with C; beyond this it is no test of correctness but of patience.</summary>
    public static TheoryData<string> DualCases() =>
        TrainerGoldens.Names("optima.json", "optima", item => item.TryGetProperty("C", out var c) && c.GetDouble() <= 10 && RatioOf(item) < 1);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Optimum_matches(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no 6_trainers/optima.json.");
        var golden = new Golden(name);
        var result = new SoftmaxRegressionTrainer(golden.Options with { Tolerance = 1e-12, MaxIterations = 5000 })
            .Fit(golden.Features, golden.Labels, golden.SampleWeights);
        var worst = Check(golden, result, 1e-9);
        output.WriteLine(
            $"{name}: {result.Iterations} iterations, {result.StopReason}, objective off by {(result.Objective - golden.Objective) / golden.Objective:g3}, weights by {worst:g3}");
    }

    [SkippableTheory]
    [MemberData(nameof(DualCases))]
    public void Dual_ascent_reaches_the_same_optimum(string name)
    {
        Skip.If(name == TrainerGoldens.Absent, "The golden folder has no 6_trainers/optima.json.");
        var golden = new Golden(name);
        var options = golden.Options;
        var result = new SdcaTrainer(new SdcaOptions
        {
            Labels = options.Labels,
            L2 = options.L2,
            L1 = options.L1,
            ClassWeighting = options.ClassWeighting,
            Tolerance = 1e-11,
            MaxEpochs = 20_000,
        }).Fit(golden.Features, golden.Labels, golden.SampleWeights);
        var worst = Check(golden, result, 1e-9);
        Assert.True(result.Converged);
        output.WriteLine($"{name}: {result.Iterations} epochs, gap {result.DualityGap:g3}, objective off by {(result.Objective - golden.Objective) / golden.Objective:g3}, weights by {worst:g3}");
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

    private static double RatioOf(JsonElement item) => item.TryGetProperty("l1_ratio", out var ratio) ? ratio.GetDouble() : 0;

    private static double Check(Golden golden, TrainingResult result, double objectiveTolerance)
    {
        Assert.Equal(golden.Objective, result.Objective, golden.Objective * objectiveTolerance);
        Assert.Equal(golden.Accuracy, result.Accuracy, 1e-12);
        var worst = 0.0;
        for (var i = 0; i < golden.Coefficients.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(result.Weights.Weight[i] - golden.Coefficients[i]));
        }

        Assert.True(worst < WeightTolerance, $"A weight is off by {worst}.");
        for (var c = 0; c < golden.Intercept.Length; c++)
        {
            Assert.Equal(golden.Intercept[c], result.Weights.Bias[c], WeightTolerance);
        }

        if (golden.Nonzero is { } nonzero)
        {
            Assert.Equal(nonzero, result.Weights.Weight.ToArray().Count(weight => weight != 0));
        }

        return worst;
    }

    /// <summary>One stored optimum; its objective is brought to ours, which is the mean of the loss and not C times its sum.</summary>
    private sealed class Golden
    {
        public Golden(string name)
        {
            var item = TrainerGoldens.Case("optima.json", "optima", name);
            (Features, Labels) = TrainerGoldens.Data("dataset.npz");
            if (name.EndsWith("sample_weight", StringComparison.Ordinal))
            {
                using var data = new NpzReader(TrainerGoldens.At("dataset.npz"));
                SampleWeights = data.Read("sample_weight").AsSpan<double>().ToArray();
            }

            using var archive = new NpzReader(TrainerGoldens.At("optima.npz"));
            Coefficients = archive.Read($"{name}__coef").AsSpan<double>().ToArray();
            Intercept = archive.Read($"{name}__intercept").AsSpan<double>().ToArray();
            Accuracy = item.GetProperty("accuracy").GetDouble();
            Nonzero = item.TryGetProperty("nonzero_coefficients", out var count) ? count.GetInt32() : null;
            var options = new SoftmaxRegressionOptions
            {
                Labels = TrainerGoldens.ClassNames(Intercept.Length),
                ClassWeighting = name.EndsWith("balanced", StringComparison.Ordinal) ? ClassWeighting.Balanced : ClassWeighting.None,
                LabelSmoothing = item.TryGetProperty("smoothing", out var smoothing) ? smoothing.GetDouble() : 0,
            };
            var stated = item.GetProperty("objective").GetDouble();
            if (item.TryGetProperty("lam", out var lambda))
            {
                (Options, Objective) = (options with { L2 = lambda.GetDouble() }, stated);
            }
            else if (item.TryGetProperty("C", out var c))
            {
                (Options, Objective) = (options.WithC(c.GetDouble(), RatioOf(item), Features.Rows), stated / (c.GetDouble() * Features.Rows));
            }
            else
            {
                (Options, Objective) = (options with { L2 = 0 }, stated / Features.Rows);
            }
        }

        public FeatureMatrix Features { get; }

        public int[] Labels { get; }

        public double[] SampleWeights { get; } = [];

        public double[] Coefficients { get; }

        public double[] Intercept { get; }

        public double Accuracy { get; }

        public int? Nonzero { get; }

        public SoftmaxRegressionOptions Options { get; }

        public double Objective { get; }
    }
}
