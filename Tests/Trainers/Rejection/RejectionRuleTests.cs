using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Tests.Rejection;

public sealed class RejectionRuleTests
{
    private static readonly string[] s_labels = ["a", "b", "c"];

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void No_more_validation_rows_are_rejected_than_stated(double rate)
    {
        var (training, validation, head) = Fitted();
        var rule = RejectionRule.Fit(head, training, validation, rate);
        var rejected = Judge(rule, head, validation.Features).Count(verdict => verdict.IsRejected);
        Assert.InRange(rejected, rate == 0 ? 0 : (int)(rate * validation.Features.Rows / 2), (int)(rate * validation.Features.Rows));
        Assert.Equal((rate, validation.Features.Rows), (rule.Rate, rule.ValidationRows));
    }

    [Fact]
    public void What_is_unlike_every_class_is_rejected_although_the_head_is_sure()
    {
        var (training, validation, head) = Fitted();
        var rule = RejectionRule.Fit(head, training, validation);

        // Ten times the mean of class a: certainly a, by the head, yet nowhere near.
        var far = Array.ConvertAll(training.Features.Row(0), value => 10 * value);
        var probabilities = new float[3];
        head.Predict(far, probabilities);
        Assert.True(probabilities.Max() > rule.MinimumProbability);
        var verdict = rule.Judge(far, probabilities);
        Assert.Equal(RejectionReason.FarAway, verdict.Reason);
        Assert.True(verdict.Distance > 3 && verdict.Novelty > 1);
    }

    [Fact]
    public void What_may_be_any_class_is_rejected()
    {
        var (training, validation, head) = Fitted();
        var rule = RejectionRule.Fit(head, training, validation);
        var verdict = rule.Judge(validation.Features.Row(0), [0.34f, 0.33f, 0.33f]);
        Assert.Equal(RejectionReason.LowProbability, verdict.Reason);
        Assert.Equal(0.34, verdict.Probability, 1e-6);
    }

    [Fact]
    public void A_class_left_out_is_told_better_than_by_chance()
    {
        var (features, labels) = RandomData.Classes(600, 30, 4, separation: 1.2);
        var known = Enumerable.Range(0, 600).Where(row => labels[row] < 3).ToArray();
        var training = Rows(features, labels, known[..300]);
        var validation = Rows(features, labels, known[300..380]);
        var head = Head(training);
        var rule = RejectionRule.Fit(head, training, validation);
        var inside = Judge(rule, head, features.Select(known.AsSpan(380)));
        var outside = Judge(rule, head, features.Select([.. Enumerable.Range(0, 600).Where(row => labels[row] == 3)]));
        double[] scores = [.. inside.Concat(outside).Select(verdict => verdict.Novelty)];
        bool[] isNew = [.. inside.Select(_ => false), .. outside.Select(_ => true)];
        Assert.True(Ranking.RocAuc(scores, isNew) > 0.9);
    }

    [Fact]
    public void A_training_row_is_at_a_distance_of_about_one()
    {
        var (training, _, _) = Fitted();
        var distance = ClassDistance.Of(training, 1, default);
        Assert.InRange(Enumerable.Range(0, training.Features.Rows).Average(row => distance.To(training.Features.Row(row))), 0.8, 1.2);
    }

    [Fact]
    public void The_distance_is_mahalanobis_where_all_axes_are_kept()
    {
        // Two features, one class of unequal spread: the distance along the wide axis counts less.
        var random = new Random(3);
        var values = Enumerable.Range(0, 400).SelectMany(_ => new[] { (float)(10 * (random.NextDouble() - 0.5)), (float)(random.NextDouble() - 0.5) }).ToArray();
        var rows = new TrainingRows { Features = new FeatureMatrix(values, 400, 2), Labels = new int[400] };
        var distance = ClassDistance.Of(rows, 1, default);
        Assert.Equal(5 / Math.Sqrt(100 / 12.0) / Math.Sqrt(2), distance.To([5, 0]), 0.1);
        Assert.Equal(5 / Math.Sqrt(1 / 12.0) / Math.Sqrt(2), distance.To([0, 5]), 0.7);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var (training, validation, head) = Fitted();
        var one = RejectionRule.Fit(head, training, validation, 0.1, threads: 1);
        var four = RejectionRule.Fit(head, training, validation, 0.1, threads: 4);
        Assert.Equal((one.MinimumProbability, one.MaximumDistance), (four.MinimumProbability, four.MaximumDistance));
        Assert.Equal(one.Distance.Axes, four.Distance.Axes);
    }

    [Fact]
    public void Data_it_can_not_learn_from_are_refused()
    {
        var (training, validation, head) = Fitted();
        var none = new TrainingRows { Features = new FeatureMatrix(default, 0, 20), Labels = default };
        Assert.Contains("--validation", Assert.Throws<TrainingDataException>(() => RejectionRule.Fit(head, training, none)).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 0.5", Assert.Throws<ArgumentException>(() => RejectionRule.Fit(head, training, validation, 0.9)).Message, StringComparison.Ordinal);
        var same = Rows(training.Features, training.Labels.ToArray(), [0, 0, 1, 1, 2, 2]);
        Assert.Contains("same features", Assert.Throws<TrainingDataException>(() => RejectionRule.Fit(head, same, validation)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RejectionRule.Fit(head, training, validation).Judge([1, 2], [1]));
    }

    private static (TrainingRows Training, TrainingRows Validation, ClassifierHead Head) Fitted()
    {
        var (features, labels) = RandomData.Classes(300, 20, 3);
        var training = Rows(features, labels, [.. Enumerable.Range(0, 200)]);
        return (training, Rows(features, labels, [.. Enumerable.Range(200, 100)]), Head(training));
    }

    private static ClassifierHead Head(TrainingRows training) => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = s_labels, L2 = 0.01 })
        .Fit(training.Features, training.Labels.Span)
        .CreateHead(new HeadDescription { Labels = s_labels, BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" });

    private static TrainingRows Rows(IFeatureSource features, int[] labels, int[] rows) =>
        new() { Features = RowSubset.Of(features, rows), Labels = Array.ConvertAll(rows, row => labels[row]) };

    private static RejectionVerdict[] Judge(RejectionRule rule, ClassifierHead head, IFeatureSource features)
    {
        var probabilities = head.Predict(features);
        return [.. Enumerable.Range(0, features.Rows).Select(row => rule.Judge(features.Row(row), probabilities.AsSpan(row * head.Labels.Count, head.Labels.Count)))];
    }
}
