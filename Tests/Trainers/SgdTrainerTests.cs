namespace MlTransfer.Trainers.Tests;

public sealed class SgdTrainerTests
{
    private static SgdOptions Options(int classes) => new() { Labels = TrainerGoldens.ClassNames(classes), Steps = 300, BatchSize = 20, LearningRate = 0.1 };

    [Fact]
    public void The_seed_decides_every_bit()
    {
        var (features, labels) = RandomData.Classes(100, 20, 3);
        var first = new SgdTrainer(Options(3) with { Seed = 7 }).Fit(features, labels);
        var again = new SgdTrainer(Options(3) with { Seed = 7 }).Fit(features, labels);
        var other = new SgdTrainer(Options(3) with { Seed = 8 }).Fit(features, labels);
        Assert.Equal(first.Weights.Weight.ToArray(), again.Weights.Weight.ToArray());
        Assert.NotEqual(first.Weights.Weight.ToArray(), other.Weights.Weight.ToArray());
    }

    [Fact]
    public void It_learns()
    {
        var (features, labels) = RandomData.Classes(120, 30, 3, separation: 2);
        var result = new SgdTrainer(Options(3)).Fit(features, labels);
        Assert.True(result.Accuracy > 0.95, $"{result.Accuracy}");
        Assert.False(result.Converged);
        Assert.Equal(300, result.Iterations);
    }

    [Fact]
    public void All_rows_a_batch_go_downhill_to_the_optimum()
    {
        var (features, labels) = RandomData.Classes(60, 3, 3, separation: 0.1);
        var slow = new SgdTrainer(Options(3) with { BatchSize = -1, Sampling = BatchSampling.InOrder, Steps = 20_000, LearningRate = 0.5 }).Fit(features, labels);
        var optimum = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(3), L2 = 0 }).Fit(features, labels);
        Assert.Equal(optimum.LogLoss, slow.LogLoss, 1e-5);
    }

    [Fact]
    public void No_steps_leave_the_small_initial_weights()
    {
        var (features, labels) = RandomData.Classes(10, 200, 2);
        var weights = new SgdTrainer(Options(2) with { Steps = 0 }).Fit(features, labels).Weights;
        Assert.All(weights.Weight.ToArray(), weight => Assert.InRange(weight, -0.002f, 0.002f));
        Assert.InRange(Math.Sqrt(weights.Weight.ToArray().Average(weight => (double)weight * weight)), 0.0007, 0.001);
        Assert.Equal([0f, 0f], weights.Bias.ToArray());
    }

    [Fact]
    public void Each_class_comes_equally_often_as_in_retrain()
    {
        // Ninety rows of one class and ten of the other, nothing to tell them apart: class-wise draws lead to even odds.
        var labels = Enumerable.Range(0, 100).Select(row => row < 90 ? 0 : 1).ToArray();
        var result = new SgdTrainer(Options(2) with { Steps = 2000, LearningRate = 0.05 }).Fit(new FeatureMatrix(new float[100], 100, 1), labels);
        Assert.InRange(result.Weights.Bias[0] - result.Weights.Bias[1], -0.4, 0.4);
    }

    [Fact]
    public void A_rate_too_large_is_told()
    {
        var (features, labels) = RandomData.Classes(50, 10, 2, separation: 0.01);
        var values = Array.ConvertAll(RandomData.Values(features), value => value * 1e18f);
        var error = Assert.Throws<TrainingDataException>(() =>
            new SgdTrainer(Options(2) with { LearningRate = 1e6, Steps = 100 }).Fit(new FeatureMatrix(values, 50, 10), labels));
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var (features, labels) = RandomData.Classes(10, 3, 2);
        Assert.Contains("batch size", Assert.Throws<ArgumentException>(() => new SgdTrainer(Options(2) with { BatchSize = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", Assert.Throws<ArgumentException>(() => new SgdTrainer(Options(2) with { LearningRate = 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<TrainingDataException>(() => new SgdTrainer(Options(2)).Fit(features, new int[10]));
        var values = RandomData.Values(features);
        values[5] = float.NaN;
        Assert.Contains(
            "row 1 holds NaN in column 2",
            Assert.Throws<TrainingDataException>(() => new SgdTrainer(Options(2)).Fit(new FeatureMatrix(values, 10, 3), labels)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_and_cancelling()
    {
        var (features, labels) = RandomData.Classes(50, 5, 2);
        var seen = new List<int>();
        using var source = new CancellationTokenSource();
        var recorder = new Recorder(progress =>
        {
            seen.Add(progress.Iteration);
            if (progress.Iteration == 100)
            {
                source.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => new SgdTrainer(Options(2) with { ReportEvery = 50 }).Fit(features, labels, recorder, source.Token));
        Assert.Equal([50, 100], seen);
    }

    private sealed class Recorder(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
