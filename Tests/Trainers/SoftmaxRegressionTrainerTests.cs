namespace MlTransfer.Trainers.Tests;

public sealed class SoftmaxRegressionTrainerTests
{
    private static SoftmaxRegressionOptions Options(int classes, double l2 = 0.01) => new() { Labels = TrainerGoldens.ClassNames(classes), L2 = l2 };

    private static TrainingResult Fit(FeatureMatrix features, int[] labels, SoftmaxRegressionOptions options, params double[] weights) =>
        new SoftmaxRegressionTrainer(options).Fit(features, labels, weights);

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        var (features, labels) = RandomData.Classes(700, 130, 6);
        var one = Fit(features, labels, Options(6) with { Threads = 1 });
        foreach (var threads in new[] { 2, 3, 8 })
        {
            var many = Fit(features, labels, Options(6) with { Threads = threads });
            Assert.Equal(one.Weights.Weight.ToArray(), many.Weights.Weight.ToArray());
            Assert.Equal(one.Weights.Bias.ToArray(), many.Weights.Bias.ToArray());
            Assert.Equal(one.Objective, many.Objective);
        }
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-8)]
    public void A_weak_penalty_does_not_end_the_fit_far_from_the_optimum(double l2)
    {
        var (features, labels) = RandomData.Classes(120, 60, 4, separation: 2);
        var result = Fit(features, labels, Options(4, l2));
        var tight = Fit(features, labels, Options(4, l2) with { Tolerance = 1e-12, GradientTolerance = 0, MaxIterations = 20_000 });
        Assert.True(result.Converged, $"{result.StopReason} after {result.Iterations} iterations");
        Assert.InRange(result.Objective / tight.Objective, 1 - 1e-9, 1 + 1e-6);
    }

    [Fact]
    public void The_order_of_rows_does_not_matter()
    {
        var (features, labels) = RandomData.Classes(200, 20, 4);
        var order = Enumerable.Range(0, 200).Reverse().ToArray();
        var direct = Fit(features, labels, Options(4) with { Tolerance = 1e-11 });
        var reversed = Fit(features.Select(order), Array.ConvertAll(order, row => labels[row]), Options(4) with { Tolerance = 1e-11 });
        AssertClose(direct.Weights.Weight, reversed.Weights.Weight, 1e-4);
        Assert.Equal(direct.Objective, reversed.Objective, 1e-9);
    }

    [Fact]
    public void Renumbering_classes_renumbers_the_weights()
    {
        var (features, labels) = RandomData.Classes(150, 10, 3);
        int[] renumbered = [2, 0, 1];
        var direct = Fit(features, labels, Options(3) with { Tolerance = 1e-11 });
        var moved = Fit(features, Array.ConvertAll(labels, label => renumbered[label]), Options(3) with { Tolerance = 1e-11 });
        for (var c = 0; c < 3; c++)
        {
            AssertClose(direct.Weights.Weight.Slice(c * 10, 10), moved.Weights.Weight.Slice(renumbered[c] * 10, 10), 1e-4);
            Assert.Equal(direct.Weights.Bias[c], moved.Weights.Bias[renumbered[c]], 1e-4);
        }
    }

    [Fact]
    public void A_row_that_comes_twice_weighs_two()
    {
        var (features, labels) = RandomData.Classes(90, 8, 3);
        int[] rows = [.. Enumerable.Range(0, 90), .. Enumerable.Range(0, 30)];
        var repeated = Fit(features.Select(rows), Array.ConvertAll(rows, row => labels[row]), Options(3) with { Tolerance = 1e-11 });
        var weights = Enumerable.Range(0, 90).Select(row => row < 30 ? 2 * 90 / 120.0 : 90 / 120.0).ToArray();
        var weighted = Fit(features, labels, Options(3) with { Tolerance = 1e-11 }, weights);
        Assert.Equal(repeated.Objective, weighted.Objective, 1e-9);
        AssertClose(repeated.Weights.Weight, weighted.Weights.Weight, 1e-4);
    }

    [Fact]
    public void Scaling_weights_and_penalty_alike_changes_nothing()
    {
        var (features, labels) = RandomData.Classes(90, 8, 3);
        var plain = Fit(features, labels, Options(3) with { Tolerance = 1e-11 });
        var scaled = Fit(features, labels, Options(3, 0.03) with { Tolerance = 1e-11 }, [.. Enumerable.Repeat(3.0, 90)]);
        Assert.Equal(3 * plain.Objective, scaled.Objective, 1e-8);
        AssertClose(plain.Weights.Weight, scaled.Weights.Weight, 1e-4);
    }

    [Fact]
    public void Shifted_features_shift_only_the_bias()
    {
        var (features, labels) = RandomData.Classes(120, 12, 3);
        var values = Array.ConvertAll(RandomData.Values(features), value => MathF.Round(value * 256) / 256);
        var shifted = Array.ConvertAll(values, value => value + 1000);
        var plain = Fit(new FeatureMatrix(values, 120, 12), labels, Options(3));
        var far = Fit(new FeatureMatrix(shifted, 120, 12), labels, Options(3));
        AssertClose(plain.Weights.Weight, far.Weights.Weight, 1e-4);
        Assert.True(far.Converged);
        Assert.Equal(plain.Accuracy, far.Accuracy);
    }

    [Fact]
    public void Columns_of_very_different_scale_converge()
    {
        var (features, labels) = RandomData.Classes(300, 12, 3);
        var values = RandomData.Values(features);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= MathF.Pow(10, (i % 12) - 6);
        }

        var result = Fit(new FeatureMatrix(values, 300, 12), labels, Options(3, 1e-3));
        Assert.True(result.Converged, $"{result.StopReason} after {result.Iterations} iterations, gradient {result.GradientNorm}.");
        Assert.True(result.Iterations < 300);
    }

    [Fact]
    public void The_gradient_is_zero_at_the_result()
    {
        var (features, labels) = RandomData.Classes(60, 6, 3);
        var result = Fit(features, labels, Options(3, 0.05) with { Tolerance = 1e-12 });
        var gradient = new double[3 * 7];
        for (var r = 0; r < 60; r++)
        {
            var logits = Enumerable.Range(0, 3).Select(c => Logit(result, features, r, c)).ToArray();
            var sum = logits.Sum(Math.Exp);
            for (var c = 0; c < 3; c++)
            {
                var slope = ((Math.Exp(logits[c]) / sum) - (labels[r] == c ? 1 : 0)) / 60;
                for (var d = 0; d < 6; d++)
                {
                    gradient[(c * 7) + d] += slope * features.Row(r)[d];
                }

                gradient[(c * 7) + 6] += slope;
            }
        }

        for (var c = 0; c < 3; c++)
        {
            for (var d = 0; d < 6; d++)
            {
                gradient[(c * 7) + d] += 0.05 * result.Weights.Weight[(c * 6) + d];
            }
        }

        Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-6));
    }

    [Theory]
    [InlineData(3, 50, 2)]
    [InlineData(40, 1, 2)]
    [InlineData(5, 3, 5)]
    [InlineData(2, 1, 2)]
    public void Few_rows_or_one_column_are_fine(int rows, int columns, int classes)
    {
        var (features, labels) = RandomData.Classes(rows, columns, classes);
        var result = Fit(features, labels, Options(classes));
        Assert.True(result.Converged);
        Assert.Equal(columns, result.Weights.Features);
    }

    [Fact]
    public void A_thousand_classes_are_learned()
    {
        var (features, labels) = RandomData.Classes(3000, 64, 1000, separation: 8);
        var result = Fit(features, labels, Options(1000, 1e-5) with { Tolerance = 1e-3 });
        Assert.True(result.Accuracy > 0.99, $"{result.Accuracy}");
        Assert.True(result.Converged);
    }

    [Fact]
    public void Constant_features_get_no_weight_and_the_bias_learns_the_shares()
    {
        var values = new float[30 * 3];
        Array.Fill(values, 5);
        var labels = Enumerable.Range(0, 30).Select(row => row < 20 ? 0 : 1).ToArray();
        var result = Fit(new FeatureMatrix(values, 30, 3), labels, Options(2));
        Assert.All(result.Weights.Weight.ToArray(), weight => Assert.Equal(0, weight, 1e-6));
        Assert.Equal(Math.Log(2), result.Weights.Bias[0] - result.Weights.Bias[1], 1e-4);
    }

    [Fact]
    public void Balanced_weights_move_the_bias_of_an_uneven_set()
    {
        var values = new float[30];
        var labels = Enumerable.Range(0, 30).Select(row => row < 20 ? 0 : 1).ToArray();
        var result = Fit(new FeatureMatrix(values, 30, 1), labels, Options(2) with { ClassWeighting = ClassWeighting.Balanced });
        Assert.Equal(0, result.Weights.Bias[0] - result.Weights.Bias[1], 1e-5);
    }

    [Fact]
    public void A_class_without_rows_is_told_and_never_predicted()
    {
        var (features, labels) = RandomData.Classes(60, 5, 2);
        var moved = Array.ConvertAll(labels, label => 2 * label);
        var result = Fit(features, moved, Options(3));
        Assert.Contains("'class 1'", Assert.Single(result.Notices), StringComparison.Ordinal);
        var plain = Fit(features, labels, Options(2));
        Assert.Equal(plain.Weights.Weight[..5].ToArray(), result.Weights.Weight[..5].ToArray());
        Assert.Equal(plain.Objective, result.Objective);
        var probabilities = new float[3];
        var head = new Trainers.Heads.SoftmaxHead(
            result.Weights,
            new Trainers.Heads.HeadDescription { Labels = TrainerGoldens.ClassNames(3), BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" });
        head.Predict(features.Row(0), probabilities);
        Assert.Equal(0, probabilities[1]);
        Assert.Equal(1, probabilities.Sum(), 1e-6f);
    }

    [Fact]
    public void Rows_of_one_class_only_are_refused()
    {
        var (features, _) = RandomData.Classes(10, 3, 2);
        var error = Assert.Throws<TrainingDataException>(() => Fit(features, new int[10], Options(2)));
        Assert.Contains("All 10 training rows are of class 'class 0'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_number_that_is_not_finite_is_named(float bad)
    {
        var (features, labels) = RandomData.Classes(50, 7, 2);
        var values = RandomData.Values(features);
        values[(31 * 7) + 4] = bad;
        var named = new FeatureMatrix(values, 50, 7, [.. Enumerable.Range(0, 50).Select(row => $"photo{row}.jpg")]);
        var error = Assert.Throws<TrainingDataException>(() => Fit(named, labels, Options(2)));
        Assert.Contains("row 31 (photo31.jpg)", error.Message, StringComparison.Ordinal);
        Assert.Contains("column 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_do_not_fit_are_named()
    {
        var (features, labels) = RandomData.Classes(10, 3, 2);
        Assert.Contains("9 labels", Assert.Throws<TrainingDataException>(() => Fit(features, labels[..9], Options(2))).Message, StringComparison.Ordinal);
        labels[4] = 2;
        Assert.Contains("row 4 has the label 2", Assert.Throws<TrainingDataException>(() => Fit(features, labels, Options(2))).Message, StringComparison.Ordinal);
        labels[4] = -1;
        Assert.Contains("row 4 has the label -1", Assert.Throws<TrainingDataException>(() => Fit(features, labels, Options(2))).Message, StringComparison.Ordinal);
        labels[4] = 0;
        double[] weights = [1, 1, 1, -1, 1, 1, 1, 1, 1, 1];
        Assert.Contains("row 3 has the sample weight -1", Assert.Throws<TrainingDataException>(() => Fit(features, labels, Options(2), weights)).Message, StringComparison.Ordinal);
        Assert.Contains("no training rows", Assert.Throws<TrainingDataException>(() => Fit(new FeatureMatrix(default, 0, 3), [], Options(2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Contains("only 'a'", Refusal(new SoftmaxRegressionOptions { Labels = ["a"] }), StringComparison.Ordinal);
        Assert.Contains("Two classes are named 'a'", Refusal(new SoftmaxRegressionOptions { Labels = ["a", "a"] }), StringComparison.Ordinal);
        Assert.Contains("L2 must be zero or more", Refusal(Options(2, -1)), StringComparison.Ordinal);
        Assert.Contains("L2 must be zero or more", Refusal(Options(2, double.NaN)), StringComparison.Ordinal);
        Assert.Contains("tolerance must be", Refusal(Options(2) with { Tolerance = double.NaN }), StringComparison.Ordinal);
        Assert.NotEmpty(Refusal(Options(2) with { Threads = 0 }));
        Assert.NotEmpty(Refusal(Options(2) with { Memory = 0 }));
        Assert.NotEmpty(Refusal(Options(2) with { MaxIterations = -1 }));

        static string Refusal(SoftmaxRegressionOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => new SoftmaxRegressionTrainer(options)).Message;
    }

    [Fact]
    public void Too_few_iterations_are_told()
    {
        var (features, labels) = RandomData.Classes(100, 20, 3);
        var result = Fit(features, labels, Options(3, 1e-4) with { MaxIterations = 2 });
        Assert.False(result.Converged);
        Assert.Equal(StopReason.MaxIterations, result.StopReason);
        Assert.Equal(2, result.Iterations);
        Assert.Contains("Stopped after 2 iterations", Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_goes_down_and_cancelling_stops()
    {
        var (features, labels) = RandomData.Classes(200, 30, 4);
        var seen = new List<TrainingProgress>();
        var result = new SoftmaxRegressionTrainer(Options(4)).Fit(features, labels, new Recorder(seen.Add));
        Assert.Equal(Enumerable.Range(0, result.Iterations + 1), seen.Select(progress => progress.Iteration));
        Assert.Equal(Math.Log(4), seen[0].Objective, 1e-6);
        Assert.True(seen[^1].Objective < seen[0].Objective);

        using var source = new CancellationTokenSource();
        var canceller = new Recorder(progress =>
        {
            if (progress.Iteration == 2)
            {
                source.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => new SoftmaxRegressionTrainer(Options(4)).Fit(features, labels, canceller, source.Token));
    }

    private static double Logit(TrainingResult result, FeatureMatrix features, int row, int label)
    {
        double sum = result.Weights.Bias[label];
        for (var d = 0; d < features.Columns; d++)
        {
            sum += (double)result.Weights.Weight[(label * features.Columns) + d] * features.Row(row)[d];
        }

        return sum;
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }

    private sealed class Recorder(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
