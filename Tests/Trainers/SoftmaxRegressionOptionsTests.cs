using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Tests;

/// <summary>What the options of softmax regression do, each by a property that holds exactly.</summary>
public sealed class SoftmaxRegressionOptionsTests
{
    private static SoftmaxRegressionOptions Options(int classes, double l2 = 0.01) =>
        new() { Labels = TrainerGoldens.ClassNames(classes), L2 = l2, Tolerance = 1e-12, GradientTolerance = 1e-9 };

    [Fact]
    public void Standardising_is_the_same_as_fitting_on_standardised_features()
    {
        var (features, labels) = RandomData.Classes(150, 9, 3);
        var values = RandomData.Values(features);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (i % 9) switch { 8 => 7, var d => (values[i] * MathF.Pow(10, d - 4)) + d };
        }

        var (means, deviations) = (new double[9], new double[9]);
        for (var d = 0; d < 9; d++)
        {
            var column = Enumerable.Range(0, 150).Select(r => (double)values[(r * 9) + d]).ToArray();
            means[d] = column.Average();
            deviations[d] = Math.Sqrt(column.Average(value => (value - means[d]) * (value - means[d])));
        }

        var scaled = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            scaled[i] = i % 9 == 8 ? 0 : (float)((values[i] - means[i % 9]) / deviations[i % 9]);
        }

        var ours = new SoftmaxRegressionTrainer(Options(3) with { Standardize = true }).Fit(new FeatureMatrix(values, 150, 9), labels);
        var expected = new SoftmaxRegressionTrainer(Options(3)).Fit(new FeatureMatrix(scaled, 150, 9), labels);
        Assert.Equal(expected.Objective, ours.Objective, 1e-6);
        for (var i = 0; i < ours.Weights.Weight.Length; i++)
        {
            var weight = i % 9 == 8 ? 0 : expected.Weights.Weight[i] / deviations[i % 9];
            Assert.Equal(weight, ours.Weights.Weight[i], 1e-3 * (1 + Math.Abs(weight)));
        }
    }

    [Fact]
    public void Standardising_rows_that_are_not_kept_gives_the_same_bits()
    {
        var (features, labels) = RandomData.Classes(77, 33, 3);
        using var kept = new CenteredRows(features, true, 2, default);
        using var made = new CenteredRows(new Copied(features), true, 1, default, 0);
        Assert.Equal(kept.Scales.ToArray(), made.Scales.ToArray());
        Assert.Equal(kept.Variances, made.Variances);
        using var one = new SoftmaxObjective(kept, labels, null, 3, 0.01, 0.1, 2, default);
        using var other = new SoftmaxObjective(made, labels, null, 3, 0.01, 0.1, 1, default);
        var point = Enumerable.Range(0, one.Length).Select(i => Math.Cos(i)).ToArray();
        var (first, second) = (new double[one.Length], new double[one.Length]);
        Assert.Equal(one.Evaluate(point, first), other.Evaluate(point, second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_warm_start_at_the_optimum_stops_at_once_and_elsewhere_ends_at_the_same_optimum()
    {
        var (features, labels) = RandomData.Classes(200, 15, 4);
        foreach (var options in new[] { Options(4) with { Tolerance = 1e-8 }, Options(4) with { Tolerance = 1e-8, Standardize = true } })
        {
            var cold = new SoftmaxRegressionTrainer(options).Fit(features, labels);
            var again = new SoftmaxRegressionTrainer(options with { InitialWeights = cold.Weights, Tolerance = 1e-6 }).Fit(features, labels);
            Assert.Equal(0, again.Iterations);
            var near = new SoftmaxRegressionTrainer(options with { InitialWeights = cold.Weights, L2 = 0.0101 }).Fit(features, labels);
            var far = new SoftmaxRegressionTrainer(options with { L2 = 0.0101 }).Fit(features, labels);
            Assert.Equal(far.Objective, near.Objective, 1e-8);
            Assert.True(near.Iterations < far.Iterations);
        }
    }

    [Fact]
    public void A_warm_start_of_another_shape_is_refused()
    {
        var (features, labels) = RandomData.Classes(20, 5, 2);
        var wrong = new SoftmaxWeights(new float[8], new float[2]);
        var error = Assert.Throws<TrainingDataException>(() => new SoftmaxRegressionTrainer(Options(2) with { InitialWeights = wrong }).Fit(features, labels));
        Assert.Contains("4 features; the rows have 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_weights_are_the_same_as_a_weight_a_row()
    {
        var (features, labels) = RandomData.Classes(90, 10, 3);
        double[] weights = [2, 0.5, 1];
        var byClass = new SoftmaxRegressionTrainer(Options(3) with { ClassWeights = weights }).Fit(features, labels);
        var byRow = new SoftmaxRegressionTrainer(Options(3)).Fit(features, labels, Array.ConvertAll(labels, label => weights[label]));
        Assert.Equal(byRow.Weights.Weight.ToArray(), byClass.Weights.Weight.ToArray());
    }

    [Fact]
    public void A_class_that_weighs_nothing_is_as_good_as_absent()
    {
        var (features, labels) = RandomData.Classes(90, 10, 3);
        var weighted = new SoftmaxRegressionTrainer(Options(3) with { ClassWeights = [1, 0, 1] }).Fit(features, labels);
        Assert.Contains("'class 1'", Assert.Single(weighted.Notices), StringComparison.Ordinal);
        Assert.True(weighted.Weights.Bias[1] < -1e29f);
        Assert.True(double.IsFinite(weighted.Objective));
        Assert.True(weighted.Converged);
    }

    [Fact]
    public void Weights_that_leave_nothing_to_learn_from_are_refused()
    {
        var (features, labels) = RandomData.Classes(9, 4, 3);
        Assert.Contains("weigh nothing", Refusal(Options(3), new double[9]), StringComparison.Ordinal);
        Assert.Contains("weigh nothing", Refusal(Options(3) with { ClassWeights = [0, 0, 0] }, []), StringComparison.Ordinal);
        Assert.Contains("Only rows of class 'class 2'", Refusal(Options(3) with { ClassWeights = [0, 0, 1] }, []), StringComparison.Ordinal);

        string Refusal(SoftmaxRegressionOptions options, double[] weights) =>
            Assert.Throws<TrainingDataException>(() => new SoftmaxRegressionTrainer(options).Fit(features, labels, weights)).Message;
    }

    [Fact]
    public void With_label_smoothing_a_class_without_rows_gets_its_share()
    {
        var values = new float[40];
        var labels = Enumerable.Range(0, 40).Select(row => 2 * (row % 2)).ToArray();
        var result = new SoftmaxRegressionTrainer(Options(3) with { LabelSmoothing = 0.3 }).Fit(new FeatureMatrix(values, 40, 1), labels);
        Assert.Equal(Math.Log(0.45 / 0.1), result.Weights.Bias[0] - result.Weights.Bias[1], 1e-5);
        Assert.Contains("label smoothing", Assert.Single(result.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void The_strength_of_scikit_learn_is_one_over_c_and_rows()
    {
        var options = Options(2).WithC(0.5, 0.25, 40);
        Assert.Equal(0.25 / 20, options.L1, 1e-15);
        Assert.Equal(0.75 / 20, options.L2, 1e-15);
        Assert.Equal(0, Options(2).WithC(double.PositiveInfinity, 0, 40).L2);
        Assert.Throws<ArgumentOutOfRangeException>(() => Options(2).WithC(0, 0, 40));
        Assert.Throws<ArgumentException>(() => Options(2).WithC(1, 1.5, 40));
    }

    [Fact]
    public void A_strong_l1_leaves_the_shares_of_the_classes_alone()
    {
        var (features, _) = RandomData.Classes(60, 10, 2);
        var labels = Enumerable.Range(0, 60).Select(row => row < 45 ? 0 : 1).ToArray();
        var result = new SoftmaxRegressionTrainer(Options(2, 0) with { L1 = 10 }).Fit(features, labels);
        Assert.All(result.Weights.Weight.ToArray(), weight => Assert.Equal(0, weight));
        Assert.Equal(Math.Log(3), result.Weights.Bias[0] - result.Weights.Bias[1], 1e-5);
    }

    private sealed class Copied(FeatureMatrix matrix) : IFeatureSource
    {
        public int Rows => matrix.Rows;

        public int Columns => matrix.Columns;

        public IReadOnlyList<string>? Names => null;

        public void CopyRow(int row, Span<float> target) => matrix.CopyRow(row, target);
    }
}
