using MlTransfer.Trainers.LabelAudit;

namespace MlTransfer.Trainers.Tests.LabelAudit;

public sealed class ConfidentLearningTests
{
    [Fact]
    public void A_row_counts_for_the_class_whose_own_threshold_it_reaches()
    {
        // Mean own probability: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.7 + 0.5) / 2 = 0.6.
        float[] probabilities = [0.9f, 0.1f, 0.8f, 0.2f, 0.1f, 0.9f, 0.3f, 0.7f, 0.5f, 0.5f];
        var found = ConfidentLearning.Find([0, 0, 0, 1, 1], probabilities);
        Assert.Equal([0.6, 0.6], found.Thresholds.Select(threshold => Math.Round(threshold!.Value, 6)));
        var issue = Assert.Single(found.Issues);
        Assert.Equal((2, 0, 1), (issue.Row, issue.Given, issue.Suggested));
        Assert.Equal(0.9, issue.Suspicion, 1e-6);
        Assert.Equal([[2, 1], [0, 1]], found.Counts);
        Assert.Equal(1, found.EstimatedErrors, 1e-12);
    }

    [Fact]
    public void A_class_that_is_hard_to_tell_needs_less()
    {
        // Nothing reaches one half in class 2, whose own rows get 0.4 each: a row of class 0 with 0.41 of it counts for it.
        float[] probabilities =
        [
            0.8f, 0.1f, 0.1f,
            0.3f, 0.29f, 0.41f,
            0.1f, 0.8f, 0.1f,
            0.35f, 0.25f, 0.4f,
            0.3f, 0.3f, 0.4f,
        ];
        var issue = Assert.Single(ConfidentLearning.Find([0, 0, 1, 2, 2], probabilities).Issues);
        Assert.Equal((1, 0, 2), (issue.Row, issue.Given, issue.Suggested));
    }

    [Fact]
    public void The_most_suspicious_come_first_and_a_class_without_rows_is_never_suggested()
    {
        float[] probabilities = [0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.05f, 0.95f, 0, 0.1f, 0.9f, 0];
        var found = ConfidentLearning.Find([0, 0, 0, 1], probabilities);
        Assert.Null(found.Thresholds[2]);
        Assert.Equal([2], found.Issues.Select(issue => issue.Row));
        Assert.True(found.Issues.Zip(found.Issues.Skip(1)).All(pair => pair.First.Suspicion >= pair.Second.Suspicion));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ConfidentLearning.Find([], []));
        Assert.Contains("Row 1 has the class 2", Assert.Throws<ArgumentException>(() => ConfidentLearning.Find([0, 2], [1, 0, 1, 0])).Message, StringComparison.Ordinal);
    }
}
