using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Trainers.Tests.Duplicates;

public sealed class NearDuplicatesTests
{
    [Fact]
    public void Slightly_changed_copies_are_found_and_nothing_else()
    {
        var features = WithCopies(RandomData.Classes(400, 120, 5).Features, (7, 30), (100, 399), (101, 250));
        var found = NearDuplicates.Find(features);
        Assert.Equal([(7, 30), (100, 399), (101, 250)], found.Pairs.Select(pair => (pair.First, pair.Second)).Order());
        Assert.Equal(3, found.Total);
        Assert.All(found.Pairs, pair => Assert.InRange(pair.Similarity, 0.9, 1));
    }

    [Fact]
    public void The_same_features_are_of_similarity_one()
    {
        var features = RandomData.Classes(50, 40, 2).Features;
        var twice = features.Select([.. Enumerable.Range(0, 50), 13]);
        var pair = Assert.Single(NearDuplicates.Find(twice).Pairs);
        Assert.Equal((13, 50, 1.0), (pair.First, pair.Second, pair.Similarity));
        Assert.Single(NearDuplicates.Find(twice, new NearDuplicateOptions { Threshold = 1 }).Pairs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(12)]
    public void Of_few_features_what_chance_makes_similar_is_no_copy(int columns)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 300 * columns).Select(_ => (float)random.NextDouble())];
        var found = NearDuplicates.Find(new FeatureMatrix(values, 300, columns));
        Assert.InRange(found.Total, 0, 3);
        Assert.True(found.Threshold > NearDuplicateOptions.DefaultThreshold);
        Assert.True(NearDuplicates.Find(new FeatureMatrix(values, 300, columns), new NearDuplicateOptions { Threshold = NearDuplicateOptions.DefaultThreshold }).Total > 10);
        if (columns > 2)
        {
            var twice = new FeatureMatrix(values, 300, columns).Select([.. Enumerable.Range(0, 300), 13]);
            Assert.Contains((13, 300), NearDuplicates.Find(twice).Pairs.Select(pair => (pair.First, pair.Second)));
        }
    }

    [Fact]
    public void Two_rows_alone_are_compared_too()
    {
        Assert.Single(NearDuplicates.Find(new FeatureMatrix(new float[] { 1, 2, 3, 1, 2, 3.01f }, 2, 3)).Pairs);
        Assert.Empty(NearDuplicates.Find(new FeatureMatrix(new float[] { 1, 0, 0, 0, 1, 1 }, 2, 3)).Pairs);
        Assert.Empty(NearDuplicates.Find(new FeatureMatrix(new float[] { 1, 0, 0 }, 1, 3)).Pairs);
    }

    [Fact]
    public void Only_pairs_across_groups_count_where_groups_are_given()
    {
        var features = WithCopies(RandomData.Classes(100, 60, 2).Features, (3, 60), (4, 20));
        int[] groups = [.. Enumerable.Range(0, 100).Select(row => row < 50 ? 0 : 1)];
        var pair = Assert.Single(NearDuplicates.Find(features, new NearDuplicateOptions { Groups = groups }).Pairs);
        Assert.Equal((3, 60), (pair.First, pair.Second));
    }

    [Fact]
    public void Screening_loses_no_pair()
    {
        // More rows than are compared directly, with enough columns for the screen: the pairs are those of every pair's own cosine.
        var features = WithCopies(RandomData.Classes(4200, 520, 6).Features, (0, 4199), (17, 2000), (18, 19), (3000, 3001));
        var options = new NearDuplicateOptions { Threshold = 0.18, MaxPairs = 1_000_000 };
        var found = NearDuplicates.Find(features, options);
        Assert.True(found.Total > 4, "The threshold is too high to show anything.");
        using var rows = WhitenedRows.Of(features, 2, default);
        var expected = 0;
        for (var first = 0; first < 100; first++)
        {
            for (var second = first + 1; second < features.Rows; second++)
            {
                expected += rows.Cosine(first, second) >= options.Threshold ? 1 : 0;
            }
        }

        Assert.Equal(expected, found.Pairs.Count(pair => pair.First < 100));
        Assert.Equal(4, NearDuplicates.Find(features).Total);
    }

    [Fact]
    public void Threads_do_not_change_a_bit_and_the_most_similar_are_kept()
    {
        var features = RandomData.Classes(500, 50, 3, separation: 3).Features;
        var one = NearDuplicates.Find(features, new NearDuplicateOptions { Threshold = 0.2, Threads = 1 });
        var four = NearDuplicates.Find(features, new NearDuplicateOptions { Threshold = 0.2, Threads = 4 });
        Assert.True(one.Total > 100);
        Assert.Equal(one.Pairs, four.Pairs);
        var few = NearDuplicates.Find(features, new NearDuplicateOptions { Threshold = 0.2, MaxPairs = 5, Threads = 3 });
        Assert.Equal(one.Total, few.Total);
        Assert.Equal(one.Pairs.Take(5), few.Pairs);
    }

    [Fact]
    public void Rows_hang_together_over_others()
    {
        var found = new NearDuplicates { Pairs = [new(4, 6, 1), new(1, 4, 0.9), new(2, 3, 0.8)], Total = 3, Threshold = 0.7 };
        Assert.Equal([0, 1, 2, 2, 1, 5, 1], found.Groups(7));
    }

    [Fact]
    public void Constant_features_have_no_direction() =>
        Assert.Empty(NearDuplicates.Find(new FeatureMatrix(Enumerable.Repeat(0.7f, 300).ToArray(), 30, 10)).Pairs);

    [Fact]
    public void Bad_input_is_refused()
    {
        var features = RandomData.Classes(10, 5, 2).Features;
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => NearDuplicates.Find(features, new NearDuplicateOptions { Threshold = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("3 groups", Assert.Throws<ArgumentException>(() => NearDuplicates.Find(features, new NearDuplicateOptions { Groups = new int[3] })).Message, StringComparison.Ordinal);
        var broken = new FeatureMatrix(new[] { 1, float.NaN, 2, 3 }, 2, 2, ["a.jpg", "b.jpg"]);
        Assert.Contains("a.jpg", Assert.Throws<TrainingDataException>(() => NearDuplicates.Find(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_can_be_stopped() => Assert.ThrowsAny<OperationCanceledException>(
        () => NearDuplicates.Find(RandomData.Classes(300, 20, 2).Features, null, new CancellationToken(canceled: true)));

    private static FeatureMatrix WithCopies(FeatureMatrix features, params (int From, int To)[] copies)
    {
        var random = new Random(5);
        var values = new float[features.Rows * features.Columns];
        for (var row = 0; row < features.Rows; row++)
        {
            features.Row(row).CopyTo(values.AsSpan(row * features.Columns));
        }

        foreach (var (from, to) in copies)
        {
            for (var d = 0; d < features.Columns; d++)
            {
                values[(to * features.Columns) + d] = values[(from * features.Columns) + d] + (float)(0.05 * random.NextDouble());
            }
        }

        return new FeatureMatrix(values, features.Rows, features.Columns);
    }
}
