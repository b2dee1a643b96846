using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Tests.Splits;

public sealed class HashSplitTests
{
    // The numbers come from Python's hashlib and re, by retrain.py's formula.
    [Theory]
    [InlineData("daisy/100080576_f52e8ee070_n.jpg", 65.53675357652271)]
    [InlineData("a", 93.2815022266023)]
    [InlineData("", 98.04821758008165)]
    [InlineData("roses/x_nohash_3.jpg", 61.89431892256676)]
    [InlineData("roses/x", 61.89431892256676)]
    [InlineData("photos/flowers/tulips/10.jpg", 85.23455474700447)]
    [InlineData("daisy/_nohash_a_nohash_b.jpg", 74.12949185169855)]
    [InlineData("grün/ümläut 🌻.jpg", 49.67364184315235)]
    [InlineData("a_nohash_b\nc.jpg", 68.90090829805216)]
    [InlineData("a_nohash_b\n", 76.70900506309424)]
    [InlineData("x_nohash_1\ny_nohash_2.jpg", 13.428510080490335)]
    public void The_percentage_is_that_of_retrain_py(string name, double percentage) => Assert.Equal(percentage, HashSplit.Percentage(name));

    [Fact]
    public void Near_copies_stay_together_and_a_subset_follows_from_the_name_alone()
    {
        var split = new HashSplit(testingPercentage: 30, validationPercentage: 30);
        for (var i = 0; i < 200; i++)
        {
            var expected = split.Assign($"a/{i}");
            Assert.Equal(expected, split.Assign($"a/{i}_nohash_1.jpg"));
            Assert.Equal(expected, split.Assign($"a/{i}_nohash_27.png"));
        }
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(25, 5)]
    [InlineData(0, 50)]
    [InlineData(100, 0)]
    public void Shares_are_about_what_was_asked_for(int testing, int validation)
    {
        var split = new HashSplit(testing, validation);
        var assigned = Enumerable.Range(0, 20_000).Select(i => split.Assign($"class/{i}.jpg")).ToList();
        Assert.InRange(assigned.Count(subset => subset == Subset.Test) / 200.0, testing - 1, testing + 1);
        Assert.InRange(assigned.Count(subset => subset == Subset.Validation) / 200.0, validation - 1, validation + 1);
    }

    [Fact]
    public void A_prefix_gives_the_split_of_the_full_path()
    {
        var prefixed = new HashSplit(40, 30, "data/flower_photos/");
        var whole = new HashSplit(40, 30);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(whole.Assign($"data/flower_photos/daisy/{i}.jpg"), prefixed.Assign($"daisy/{i}.jpg")));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 101)]
    [InlineData(60, 50)]
    [InlineData(double.NaN, 0)]
    public void Impossible_shares_are_refused(double testing, double validation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HashSplit(testing, validation));
}
