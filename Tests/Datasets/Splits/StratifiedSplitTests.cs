using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Tests.Splits;

public sealed class StratifiedSplitTests
{
    private static readonly string[] Labels = [.. Enumerable.Range(0, 50).Select(row => row % 5 == 0 ? "rare" : "often")];

    [Fact]
    public void The_same_seed_gives_the_same_rows_for_ever()
    {
        var split = StratifiedSplit.Assign(Labels, 0.2, 0.1, 7);
        Assert.Equal(split.Subsets, StratifiedSplit.Assign(Labels, 0.2, 0.1, 7).Subsets);
        Assert.NotEqual(split.Subsets, StratifiedSplit.Assign(Labels, 0.2, 0.1, 8).Subsets);

        // From a second implementation, in Python; stated here so that no change of generator, order or .NET version moves anybody's test set.
        Assert.Equal("15 18 27 28 33 34 35 37 39 42", string.Join(' ', split.Rows(Subset.Test)));
        Assert.Equal("0 3 22 32 47", string.Join(' ', split.Rows(Subset.Validation)));
    }

    [Fact]
    public void Each_class_has_its_share()
    {
        var split = StratifiedSplit.Assign(Labels, 0.2, 0.1, 7);
        Assert.Equal(2, split.Rows(Subset.Test).Count(row => Labels[row] == "rare"));
        Assert.Equal(8, split.Rows(Subset.Test).Count(row => Labels[row] == "often"));
        Assert.Equal(1, split.Rows(Subset.Validation).Count(row => Labels[row] == "rare"));
        Assert.Equal(4, split.Rows(Subset.Validation).Count(row => Labels[row] == "often"));
        Assert.Empty(split.Notices);
    }

    [Theory]
    [InlineData(1, 0.1, 0.1)]
    [InlineData(2, 0.5, 0.4)]
    [InlineData(3, 0.5, 0.4)]
    [InlineData(3, 0.34, 0.33)]
    public void A_tiny_class_keeps_a_row_for_training(int rows, double test, double validation)
    {
        string[] labels = [.. Enumerable.Repeat("tiny", rows), .. Enumerable.Repeat("large", 40)];
        for (var seed = 0; seed < 20; seed++)
        {
            var split = StratifiedSplit.Assign(labels, test, validation, seed);
            Assert.Contains(split.Rows(Subset.Training), row => labels[row] == "tiny");
            Assert.Equal(labels.Length, split.Subsets.Count);
        }
    }

    [Fact]
    public void A_class_that_is_not_tested_is_said()
    {
        string[] labels = ["alone", .. Enumerable.Repeat("large", 40)];
        Assert.Contains(StratifiedSplit.Assign(labels, 0.1, 0, 1).Notices, notice => notice.Contains("No test image of alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_may_be_for_testing()
    {
        var split = StratifiedSplit.Assign(["a", "b", "a"], 1, 0, 1);
        Assert.All(split.Subsets, subset => Assert.Equal(Subset.Test, subset));
        Assert.Contains(split.Notices, notice => notice.Contains("No image is left for training", StringComparison.Ordinal));
    }

    [Fact]
    public void The_generator_is_SplitMix64()
    {
        // The first numbers of seed 1234567, as the algorithm's reference implementation gives them.
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Folds_must_be_possible(int folds) => Assert.Throws<ArgumentOutOfRangeException>(() => StratifiedKFold.Assign(["a", "b", "a"], folds, 1));
}
