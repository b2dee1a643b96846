using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

public sealed class BootstrapIntervalsTests
{
    [Fact]
    public void The_accuracys_interval_is_about_that_of_the_binomial_distribution()
    {
        // 100 rows, 70 right: standard error sqrt(0.7 · 0.3 / 100) = 0.046, so 95 % is about 0.61 … 0.79.
        var correct = Enumerable.Range(0, 100).Select(row => row < 70).ToArray();
        var actual = Enumerable.Range(0, 100).Select(row => row % 2).ToArray();
        var intervals = BootstrapIntervals.Draw(actual, correct, new double[100], 2);
        Assert.InRange(intervals.Accuracy.Low, 0.58, 0.64);
        Assert.InRange(intervals.Accuracy.High, 0.76, 0.82);
        Assert.Equal(intervals, BootstrapIntervals.Draw(actual, correct, new double[100], 2));
    }

    [Fact]
    public void Without_a_mistake_there_is_no_doubt_that_the_rows_could_show()
    {
        var intervals = BootstrapIntervals.Draw([0, 1, 2], [true, true, true], [0.1, 0.1, 0.1], 3);
        Assert.Equal(new ConfidenceInterval(1, 1), intervals.Accuracy);
        Assert.Equal(0.1, intervals.LogLoss.Low, 1e-12);
    }

    [Fact]
    public void A_class_without_rows_or_the_only_class_has_no_roc_curve()
    {
        Assert.Null(Ranking.RocAuc([0.1, 0.9], [true, true]));
        Assert.Null(Ranking.RocAuc([0.1, 0.9], [false, false]));
        Assert.Null(Ranking.AveragePrecision([0.1, 0.9], [false, false]));
        Assert.Equal(1, Ranking.RocAuc([0.1, 0.9], [false, true]));
    }
}
