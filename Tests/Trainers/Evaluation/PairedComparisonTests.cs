using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Trainers.Tests.Evaluation;

public sealed class PairedComparisonTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(6, 0, 0.03125)]
    [InlineData(8, 2, 0.109375)]
    [InlineData(2, 8, 0.109375)]
    [InlineData(50, 50, 1)]
    public void McNemars_test_is_the_binomial_one(int better, int worse, double expected) =>
        Assert.Equal(expected, PairedComparison.McNemar(better, worse), 1e-10);

    [Fact]
    public void Thousands_of_differing_rows_do_not_underflow()
    {
        // Normal approximation: (1100 − 900) / sqrt(2000) = 4.47 deviations, with continuity correction 4.45.
        Assert.InRange(PairedComparison.McNemar(1100, 900), 7e-6, 1e-5);
    }

    [Fact]
    public void The_same_results_do_not_differ()
    {
        var results = RowResults.Of([0, 1, 1], [0.9f, 0.1f, 0.2f, 0.8f, 0.6f, 0.4f]);
        var comparison = PairedComparison.Of(results, results);
        Assert.Equal((0, 0, 0, 1.0), (comparison.AccuracyDifference, comparison.FirstBetter, comparison.SecondBetter, comparison.PValue));
        Assert.Equal(new ConfidenceInterval(0, 0), comparison.AccuracyInterval);
    }

    [Fact]
    public void A_small_difference_on_the_same_rows_is_seen_where_separate_intervals_overlap()
    {
        // 200 rows; the first gets 120 right, the second the same ones and 12 more.
        int[] actual = new int[200];
        var first = Results(actual, row => row < 120);
        var second = Results(actual, row => row < 132);
        Assert.True(first.AccuracyInterval().High > second.AccuracyInterval().Low);
        var comparison = PairedComparison.Of(first, second);
        Assert.Equal(0.06, comparison.AccuracyDifference, 1e-12);
        Assert.InRange(comparison.AccuracyInterval.Low, 0.02, 0.04);
        Assert.InRange(comparison.AccuracyInterval.High, 0.08, 0.1);
        Assert.Equal(Math.Pow(2, -11), comparison.PValue, 1e-10);
        Assert.True(comparison.LogLossDifference < 0 && comparison.LogLossInterval.High < 0);
        Assert.Equal(-comparison.AccuracyDifference, PairedComparison.Of(second, first).AccuracyDifference, 1e-12);
    }

    [Fact]
    public void Rows_measured_several_times_count_once()
    {
        // In each of three repeats the second gets one more of the ten rows right, not the same one: no row says much.
        var actual = new int[10];
        var never = Probabilities(10, _ => false);
        var first = RowResults.Of(actual, never, never, never);
        var second = RowResults.Of(actual, Probabilities(10, row => row == 0), Probabilities(10, row => row == 1), Probabilities(10, row => row == 2));
        var comparison = PairedComparison.Of(first, second);
        Assert.Equal(0.1, comparison.AccuracyDifference, 1e-12);
        Assert.Equal(3, comparison.SecondBetter);
        // Of the eight ways to sign three equal gains, two are as extreme.
        Assert.InRange(comparison.PValue, 0.22, 0.28);
        Assert.Equal(comparison, PairedComparison.Of(first, second));
    }

    [Fact]
    public void Many_comparisons_are_corrected()
    {
        Assert.Equal([0.03, 0.06, 0.06], PairedComparison.Holm([0.01, 0.04, 0.03]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 1], PairedComparison.Holm([0.7, 0.6]));
        Assert.Empty(PairedComparison.Holm([]));
    }

    [Fact]
    public void Results_of_other_rows_can_not_be_paired() => Assert.Contains(
        "can not be paired",
        Assert.Throws<ArgumentException>(() => PairedComparison.Of(Results(new int[3], _ => true), Results(new int[4], _ => true))).Message,
        StringComparison.Ordinal);

    private static RowResults Results(int[] actual, Func<int, bool> isRight) => RowResults.Of(actual, Probabilities(actual.Length, isRight));

    private static float[] Probabilities(int rows, Func<int, bool> isRight) =>
        [.. Enumerable.Range(0, rows).SelectMany(row => isRight(row) ? new[] { 0.8f, 0.2f } : [0.3f, 0.7f])];
}
