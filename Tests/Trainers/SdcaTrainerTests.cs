namespace MlTransfer.Trainers.Tests;

public sealed class SdcaTrainerTests
{
    private static SdcaOptions Options(int classes, double l2 = 0.02) => new() { Labels = TrainerGoldens.ClassNames(classes), L2 = l2 };

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.003, false)]
    [InlineData(0, true)]
    public void It_ends_where_lbfgs_ends(double l1, bool standardize)
    {
        var (features, labels) = RandomData.Classes(151, 23, 4);
        var random = new Random(2);
        var weights = Enumerable.Range(0, 151).Select(row => row % 9 == 0 ? 0 : random.NextDouble()).ToArray();
        var ours = new SdcaTrainer(Options(4) with { L1 = l1, Standardize = standardize, Tolerance = 1e-10, ClassWeights = [1, 2, 0.5, 1] }).Fit(features, labels, weights);
        var other = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions
        {
            Labels = TrainerGoldens.ClassNames(4),
            L2 = 0.02,
            L1 = l1,
            Standardize = standardize,
            ClassWeights = [1, 2, 0.5, 1],
            Tolerance = 1e-12,
        }).Fit(features, labels, weights);
        Assert.True(ours.Converged);
        Assert.Equal(other.Objective, ours.Objective, 1e-9);
        for (var i = 0; i < ours.Weights.Weight.Length; i++)
        {
            Assert.Equal(other.Weights.Weight[i], ours.Weights.Weight[i], 2e-4);
        }
    }

    [Fact]
    public void The_gap_bounds_the_distance_to_the_optimum()
    {
        var (features, labels) = RandomData.Classes(120, 15, 3);
        var optimum = new SdcaTrainer(Options(3) with { Tolerance = 1e-11 }).Fit(features, labels).Objective;
        foreach (var epochs in new[] { 0, 1, 2, 5 })
        {
            var result = new SdcaTrainer(Options(3) with { MaxEpochs = epochs, Tolerance = 0 }).Fit(features, labels);
            Assert.Equal(epochs, result.Iterations);
            Assert.False(result.Converged);
            Assert.Contains(result.Notices, notice => notice.Contains("duality gap", StringComparison.Ordinal));
            Assert.InRange(result.Objective, optimum - 1e-9, optimum + result.DualityGap!.Value + 1e-7);
        }
    }

    [Theory]
    [InlineData(1e6f)]
    [InlineData(1e4f)]
    public void What_does_not_come_to_an_end_gives_its_best_epoch(float scale)
    {
        var (features, labels) = RandomData.Classes(100, 12, 3);
        var values = RandomData.Values(features);
        for (var row = 0; row < 100; row++)
        {
            values[(row * 12) + 7] *= scale;
        }

        var rows = new FeatureMatrix(values, 100, 12);
        var start = new SdcaTrainer(Options(3, 3e-4) with { MaxEpochs = 0 }).Fit(rows, labels);
        var result = new SdcaTrainer(Options(3, 3e-4)).Fit(rows, labels);
        var optimum = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(3), L2 = 3e-4 }).Fit(rows, labels).Objective;
        Assert.InRange(result.Objective, optimum * (1 - 1e-6), start.Objective + 1e-9);
        Assert.InRange(result.Objective, 0, optimum + result.DualityGap!.Value + 1e-6);
    }

    [Fact]
    public void The_seed_decides_every_bit_and_the_threads_none()
    {
        var (features, labels) = RandomData.Classes(300, 40, 5);
        var one = Fit(7, 1);
        Assert.Equal(one, Fit(7, 4));
        Assert.NotEqual(one, Fit(8, 1));

        float[] Fit(int seed, int threads) =>
            new SdcaTrainer(Options(5) with { Seed = seed, Threads = threads, MaxEpochs = 3, Tolerance = 0 }).Fit(features, labels).Weights.Weight.ToArray();
    }

    [Fact]
    public void Without_a_penalty_it_says_what_to_do() =>
        Assert.Contains("L-BFGS", Assert.Throws<ArgumentException>(() => new SdcaTrainer(Options(2, 0))).Message, StringComparison.Ordinal);
}
