using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.CrossValidation;

public sealed class CrossValidatorTests
{
    private static readonly string[] s_labels = ["a", "b", "c"];

    [Fact]
    public void Every_row_is_tested_once_a_repeat_by_a_head_that_did_not_see_it()
    {
        var rows = Rows(60, 3);
        var result = new CrossValidator(new CrossValidationOptions { Folds = 4, Repeats = 3, Seed = 5 }).Run(Lbfgs(), rows);
        Assert.Equal(12, result.Folds.Count);
        Assert.Equal(3, result.Assignments.Count);
        for (var repeat = 0; repeat < 3; repeat++)
        {
            for (var fold = 0; fold < 4; fold++)
            {
                var test = Enumerable.Range(0, 60).Where(row => result.Assignments[repeat][row] == fold).ToArray();
                var train = Enumerable.Range(0, 60).Except(test).ToArray();
                var own = result.Folds[(repeat * 4) + fold];
                Assert.Equal((repeat, fold, train.Length, test.Length), (own.Repeat, own.Fold, own.TrainingRows, own.TestRows));

                // The very head of a fit on the other rows alone.
                var fit = Lbfgs().Fit(RowSubset.Of(rows.Features, train), [.. train.Select(row => rows.Labels.Span[row])]);
                var expected = fit.CreateHead(Description()).Predict(RowSubset.Of(rows.Features, test));
                Assert.Equal(expected, test.SelectMany(row => result.Probabilities[repeat].AsSpan(row * 3, 3).ToArray()));
            }
        }

        Assert.NotEqual(result.Assignments[0], result.Assignments[1]);
        Assert.Equal(result.Folds.Sum(fold => fold.Accuracy * fold.TestRows) / 180, result.Results.Accuracy, 1e-12);
        Assert.Equal(1, result.MeanProbabilities.Span[..3].ToArray().Sum(), 1e-5);
        Assert.Equal(60, result.Report(2).Rows);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var rows = Rows(50, 3);
        var one = new CrossValidator(new CrossValidationOptions { Repeats = 2, Threads = 1, Calibrate = true }).Run(Lbfgs(), rows);
        var four = new CrossValidator(new CrossValidationOptions { Repeats = 2, Threads = 4, Calibrate = true }).Run(Lbfgs(), rows);
        Assert.Equal(one.Probabilities, four.Probabilities);
        Assert.Equal(one.Folds.Select(fold => fold.Temperature), four.Folds.Select(fold => fold.Temperature));
    }

    [Fact]
    public void What_picks_while_fitting_never_sees_the_rows_tested_on()
    {
        var rows = Rows(60, 3);
        var recorder = new RecordingTrainer();
        var result = new CrossValidator(new CrossValidationOptions { Folds = 5, ValidationFraction = 0.25, Threads = 1 }).Run(recorder, rows);
        Assert.Equal(5, recorder.Fits.Count);
        for (var fold = 0; fold < 5; fold++)
        {
            var (training, validation) = recorder.Fits[fold];
            var tested = Enumerable.Range(0, 60).Where(row => result.Assignments[0][row] == fold).Select(row => rows.Features.Names![row]);
            Assert.Equal(12, validation.Length);
            Assert.Empty(training.Intersect(validation));
            Assert.Empty(tested.Intersect(training.Concat(validation)));
            Assert.Equal(60, tested.Concat(training).Concat(validation).Distinct().Count());
        }
    }

    [Fact]
    public void Sample_weights_follow_their_rows()
    {
        var rows = Rows(40, 2) with { SampleWeights = Enumerable.Range(0, 40).Select(row => row / 10.0).ToArray() };
        var weighted = new CrossValidator().Run(Lbfgs(2), rows);
        var plain = new CrossValidator().Run(Lbfgs(2), rows with { SampleWeights = default });
        Assert.Equal(weighted.Assignments, plain.Assignments);
        Assert.NotEqual(weighted.Probabilities[0], plain.Probabilities[0]);
    }

    [Fact]
    public void Rows_of_one_group_are_tested_in_one_fold()
    {
        int[] groups = [.. Enumerable.Range(0, 60).Select(row => row / 4)];
        var result = new CrossValidator(new CrossValidationOptions { Groups = groups, Repeats = 2 }).Run(Lbfgs(), Rows(60, 3));
        Assert.All(result.Assignments, folds => Assert.All(
            Enumerable.Range(0, 60).GroupBy(row => groups[row]), group => Assert.Single(group.Select(row => folds[row]).Distinct())));
        Assert.Contains("there is 1.", Assert.Throws<TrainingDataException>(
            () => new CrossValidator(new CrossValidationOptions { Groups = new int[60] }).Run(Lbfgs(), Rows(60, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("give one a row", Assert.Throws<TrainingDataException>(
            () => new CrossValidator(new CrossValidationOptions { Groups = new int[5] }).Run(Lbfgs(), Rows(60, 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_with_fewer_rows_than_folds_are_named()
    {
        var rows = Rows(31, 3);
        var labels = rows.Labels.ToArray().Select(label => label == 2 ? 0 : label).ToArray();
        labels[30] = 2;
        var result = new CrossValidator().Run(Lbfgs(), rows with { Labels = labels });
        Assert.Contains(result.Notices, notice => notice.Contains("'c' (1)", StringComparison.Ordinal));
        Assert.Contains(result.Notices, notice => notice.StartsWith("1 of 5 fits:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3, 5, "5 folds need at least 5 rows; there are 3")]
    [InlineData(1, 2, "there is 1")]
    public void Fewer_rows_than_folds_are_refused(int count, int folds, string message)
    {
        var fault = Assert.Throws<TrainingDataException>(() => new CrossValidator(new CrossValidationOptions { Folds = folds }).Run(Lbfgs(), Rows(count, 3)));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_is_refused_by_its_name()
    {
        var fault = Assert.Throws<TrainingDataException>(() => new CrossValidator().Run(Lbfgs(), Rows(20, 3) with { Labels = new int[20] }));
        Assert.StartsWith("Fold 1 of 5:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'a'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 0.1, "2 folds")]
    [InlineData(5, 0, 0.1, "repeats")]
    [InlineData(5, 1, 1.0, "fraction")]
    public void Options_out_of_range_are_refused(int folds, int repeats, double fraction, string message) => Assert.Contains(
        message,
        Assert.Throws<ArgumentException>(() => new CrossValidator(new CrossValidationOptions { Folds = folds, Repeats = repeats, ValidationFraction = fraction })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void It_can_be_stopped() => Assert.ThrowsAny<OperationCanceledException>(
        () => new CrossValidator().Run(Lbfgs(), Rows(30, 3), cancellation: new CancellationToken(canceled: true)));

    private static SoftmaxRegressionTrainer Lbfgs(int classes = 3) => new(new SoftmaxRegressionOptions { Labels = s_labels[..classes], L2 = 0.01, Threads = 1 });

    private static HeadDescription Description() => new() { Labels = s_labels, BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" };

    private static TrainingRows Rows(int count, int classes)
    {
        var (features, labels) = RandomData.Classes(count, 12, classes, separation: 0.7);
        var named = new FeatureMatrix(Values(features), count, 12, [.. Enumerable.Range(0, count).Select(row => $"row {row}")]);
        return new TrainingRows { Features = named, Labels = labels };
    }

    private static float[] Values(FeatureMatrix features) => [.. Enumerable.Range(0, features.Rows).SelectMany(row => features.Row(row).ToArray())];

    /// <summary>Needs validation rows, and notes which rows it was given.</summary>
    private sealed class RecordingTrainer : IHeadTrainer
    {
        public List<(string[] Training, string[] Validation)> Fits { get; } = [];

        public string Name => "recording";

        public IReadOnlyList<string> Labels => s_labels;

        public IReadOnlyDictionary<string, string> Options => new Dictionary<string, string>();

        public bool NeedsValidation => true;

        public string? IterationUnit => null;

        public HeadFit Fit(TrainingRows training, TrainingRows? validation, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
        {
            Fits.Add(([.. training.Features.Names!], [.. validation!.Features.Names!]));
            return ((IHeadTrainer)Lbfgs()).Fit(training, validation, progress, cancellation);
        }
    }
}
