using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Tests.Heads;

namespace MlTransfer.Trainers.Tests.Neighbours;

public sealed class NeighbourTrainerTests
{
    public static TheoryData<int, NeighbourWeighting, SimilarityMetric> Choices()
    {
        var choices = new TheoryData<int, NeighbourWeighting, SimilarityMetric>();
        foreach (var neighbours in new[] { 1, 5, 40 })
        {
            foreach (var weighting in Enum.GetValues<NeighbourWeighting>())
            {
                choices.Add(neighbours, weighting, SimilarityMetric.Cosine);
                choices.Add(neighbours, weighting, SimilarityMetric.Euclidean);
            }
        }

        return choices;
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Shares_of_votes_are_those_of_a_plain_search(int neighbours, NeighbourWeighting weighting, SimilarityMetric metric)
    {
        const int classes = 4;
        var (features, labels) = RandomData.Classes(150, 67, classes, separation: 0.3);
        var fit = Fit(features, labels, classes, neighbours, weighting, metric);
        var (queries, _) = RandomData.Classes(33, 67, classes, seed: 8, separation: 0.3);
        var head = fit.CreateHead(HeadExamples.Description(classes) with { Temperature = null });
        var probabilities = head.Predict(queries);
        for (var row = 0; row < queries.Rows; row++)
        {
            var expected = Votes(queries.Row(row).ToArray(), -1);
            for (var c = 0; c < classes; c++)
            {
                Assert.Equal(expected[c], probabilities[(row * classes) + c], 1e-6);
            }
        }

        var leftOut = Enumerable.Range(0, 150).Select(row => Votes(features.Row(row).ToArray(), row)).ToArray();
        Assert.Equal(leftOut.Select((votes, row) => Array.IndexOf(votes, votes.Max()) == labels[row] ? 1.0 : 0).Average(), fit.Accuracy, 1e-9);
        Assert.Equal(leftOut.Select((votes, row) => -Math.Log(Math.Max(ClassificationReport.SmallestProbability, votes[labels[row]]))).Average(), fit.LogLoss, 1e-5);

        double[] Votes(float[] query, int without)
        {
            var nearest = Enumerable.Range(0, 150).Where(row => row != without)
                .Select(row => (Distance: Distance(query, features.Row(row).ToArray(), metric), Row: row)).Order().Take(neighbours).ToArray();
            var votes = new double[classes];
            foreach (var (distance, row) in nearest)
            {
                votes[labels[row]] += weighting == NeighbourWeighting.Uniform ? 1 : 1 / distance;
            }

            return [.. votes.Select(vote => vote / votes.Sum())];
        }
    }

    [Theory]
    [InlineData(SimilarityMetric.Cosine)]
    [InlineData(SimilarityMetric.Euclidean)]
    public void An_example_itself_outvotes_all_others_by_distance(SimilarityMetric metric)
    {
        var (features, labels) = RandomData.Classes(60, 500, 3, separation: 0);
        var head = Fit(features, labels, 3, 7, NeighbourWeighting.Distance, metric).CreateHead(HeadExamples.Description(3));
        var probabilities = head.Predict(features);
        for (var row = 0; row < 60; row++)
        {
            Assert.Equal(1, probabilities[(row * 3) + labels[row]]);
        }
    }

    [Fact]
    public void Equal_distances_go_to_the_earlier_example_and_equal_votes_share()
    {
        var values = new float[] { 1, 0, 0, 1, 1, 0, 0, 1 };
        var features = new FeatureMatrix(values, 4, 2);
        float[] Ask(int neighbours)
        {
            var probabilities = new float[2];
            Fit(features, [1, 0, 0, 1], 2, neighbours, NeighbourWeighting.Uniform, SimilarityMetric.Cosine).CreateHead(HeadExamples.Description(2) with { Temperature = null })
                .Predict([1, 1], probabilities);
            return probabilities;
        }

        Assert.Equal([0, 1], Ask(1));
        Assert.Equal([0.5f, 0.5f], Ask(2));
        Assert.Equal([2 / 3f, 1 / 3f], Ask(3));
    }

    [Fact]
    public void More_neighbours_than_rows_are_said_and_all_vote()
    {
        var (features, labels) = RandomData.Classes(6, 3, 2);
        var fit = Fit(features, labels, 2, 50, NeighbourWeighting.Uniform, SimilarityMetric.Cosine);
        Assert.Contains("all of them vote", Assert.Single(fit.Notices), StringComparison.Ordinal);
        Assert.Equal([0.5f, 0.5f], fit.CreateHead(HeadExamples.Description(2)).Predict(features.Select([0])));
    }

    [Fact]
    public void Sample_weights_and_options_out_of_range_are_refused()
    {
        var (features, labels) = RandomData.Classes(6, 3, 2);
        var trainer = new NeighbourTrainer(new NeighbourOptions { Labels = TrainerGoldens.ClassNames(2) });
        Assert.Contains(
            "sample weights",
            Assert.Throws<TrainingDataException>(() => trainer.Fit(new TrainingRows { Features = features, Labels = labels, SampleWeights = new double[6] })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new NeighbourTrainer(new NeighbourOptions { Labels = TrainerGoldens.ClassNames(2), Neighbours = 0 }));
    }

    private static NeighbourFit Fit(FeatureMatrix features, int[] labels, int classes, int neighbours, NeighbourWeighting weighting, SimilarityMetric metric) =>
        new NeighbourTrainer(new NeighbourOptions { Labels = TrainerGoldens.ClassNames(classes), Neighbours = neighbours, Weighting = weighting, Metric = metric, Threads = 2 })
            .Fit(new TrainingRows { Features = features, Labels = labels });

    private static double Distance(float[] a, float[] b, SimilarityMetric metric) => metric == SimilarityMetric.Euclidean
        ? Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum())
        : 1 - (a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x)));
}
