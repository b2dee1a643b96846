using MlTransfer.Trainers.Selection;

namespace MlTransfer.Trainers.Tests.Selection;

public sealed class RegularizationPathTrainerTests
{
    private static RegularizationPathOptions Options(int classes) => new() { Regression = new SoftmaxRegressionOptions { Labels = TrainerGoldens.ClassNames(classes) } };

    [Fact]
    public void The_curve_is_that_of_separate_fits_on_the_folds_and_the_head_that_of_a_fit_at_the_strength_picked()
    {
        var (features, labels) = RandomData.Classes(90, 20, 3);
        var options = Options(3) with { Strengths = [0.003, 0.3, 0.03], Folds = 3, Seed = 5 };
        var result = new RegularizationPathTrainer(options).Fit(features, labels);
        var path = result.Path!;
        Assert.Equal([0.3, 0.03, 0.003], path.Points.Select(point => point.Strength));
        var folds = Datasets.Splits.StratifiedKFold.Assign([.. labels.Select(label => $"class {label}")], 3, 5);
        foreach (var point in path.Points)
        {
            var losses = new double[3];
            var right = 0;
            for (var fold = 0; fold < 3; fold++)
            {
                var (train, held) = (Rows(row => folds[row] != fold), Rows(row => folds[row] == fold));
                var fit = new SoftmaxRegressionTrainer(options.Regression with { L2 = point.Strength }).Fit(features.Select(train), Array.ConvertAll(train, row => labels[row]));
                foreach (var row in held)
                {
                    var logits = Enumerable.Range(0, 3).Select(c => fit.Weights.Bias[c] + Enumerable.Range(0, 20).Sum(d => (double)fit.Weights.Weight[(c * 20) + d] * features.Row(row)[d])).ToArray();
                    losses[fold] += (Math.Log(logits.Sum(Math.Exp)) - logits[labels[row]]) / held.Length;
                    right += logits[labels[row]] >= logits.Max() ? 1 : 0;
                }
            }

            Assert.Equal(losses.Average(), point.LogLoss, 2e-4);
            Assert.Equal(Math.Sqrt(losses.Sum(loss => Math.Pow(loss - losses.Average(), 2)) / 2 / 3), point.LogLossError, 2e-4);
            Assert.InRange(point.Accuracy, (right - 1) / 90.0, (right + 1) / 90.0);
        }

        Assert.Equal(path.Points.MinBy(point => point.LogLoss)!.Strength, path.Strength);
        var direct = new SoftmaxRegressionTrainer(options.Regression with { L2 = path.Strength }).Fit(features, labels);
        Assert.Equal(direct.Weights.Weight.ToArray(), result.Weights.Weight.ToArray());
        Assert.Equal(path.Strength.ToString("R", System.Globalization.CultureInfo.InvariantCulture), result.ChosenOptions["l2"]);

        int[] Rows(Func<int, bool> which) => [.. Enumerable.Range(0, 90).Where(which)];
    }

    [Fact]
    public void The_rules_pick_as_they_say()
    {
        RegularizationPoint[] points = [Point(1, 0.9, 0.01), Point(0.1, 0.52, 0.05), Point(0.01, 0.5, 0.03), Point(0.001, 0.6, 0.01)];
        Assert.Equal(2, RegularizationPath.Pick(points, SelectionRule.Minimum));
        Assert.Equal(1, RegularizationPath.Pick(points, SelectionRule.OneStandardError));

        static RegularizationPoint Point(double strength, double loss, double error) => new(strength, loss, error, 0, 0, 0);
    }

    [Fact]
    public void Noise_alone_calls_for_a_strong_penalty_and_the_path_ends_early()
    {
        var (features, _) = RandomData.Classes(60, 30, 2, separation: 0);
        var random = new Random(1);
        var labels = Enumerable.Range(0, 60).Select(_ => random.Next(2)).ToArray();
        var result = new RegularizationPathTrainer(Options(2)).Fit(features, labels);
        Assert.True(result.Path!.Strength >= 0.3);
        Assert.True(result.Path.Points.Count < RegularizationPathTrainer.DefaultStrengths.Count);
    }

    [Fact]
    public void A_share_of_l1_makes_weights_vanish_along_the_path()
    {
        var (features, labels) = RandomData.Classes(80, 25, 3);
        var path = new RegularizationPathTrainer(Options(3) with { L1Ratio = 0.9, Strengths = [0.2, 0.02, 0.002] }).Fit(features, labels).Path!;
        Assert.True(path.Points[0].NonzeroWeights < path.Points[1].NonzeroWeights && path.Points[1].NonzeroWeights < path.Points[2].NonzeroWeights);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var (features, labels) = RandomData.Classes(70, 12, 3);
        var one = new RegularizationPathTrainer(Options(3) with { Regression = Options(3).Regression with { Threads = 1 } }).Fit(features, labels);
        var many = new RegularizationPathTrainer(Options(3) with { Regression = Options(3).Regression with { Threads = 5 } }).Fit(features, labels);
        Assert.Equal(one.Path!.Points, many.Path!.Points);
        Assert.Equal(one.Weights.Weight.ToArray(), many.Weights.Weight.ToArray());
    }

    [Fact]
    public void A_class_with_one_row_counts_as_an_error_and_is_told()
    {
        var (features, labels) = RandomData.Classes(41, 8, 2);
        labels[40] = 2;
        var result = new RegularizationPathTrainer(Options(3) with { Strengths = [0.1, 0.01, 0.001] }).Fit(features, labels);
        Assert.Contains(result.Notices, notice => notice.StartsWith("1 rows are the only ones", StringComparison.Ordinal));
        Assert.All(result.Path!.Points, point => Assert.InRange(point.LogLoss, 0, 10));
        Assert.All(result.Path.Points, point => Assert.True(point.Accuracy <= 40 / 41.0));
    }

    [Fact]
    public void Too_few_rows_say_what_to_do()
    {
        var (features, _) = RandomData.Classes(4, 3, 2);
        var error = Assert.Throws<TrainingDataException>(() => new RegularizationPathTrainer(Options(2)).Fit(features, [0, 0, 0, 1]));
        Assert.Contains("two rows or more", error.Message, StringComparison.Ordinal);
    }
}
