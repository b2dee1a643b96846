using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Tests.Heads;

namespace MlTransfer.Trainers.Tests.Neighbours;

public sealed class CentroidTrainerTests
{
    public static TheoryData<SimilarityMetric> Metrics() => [SimilarityMetric.Cosine, SimilarityMetric.Euclidean];

    [Theory]
    [MemberData(nameof(Metrics))]
    public void Probabilities_are_softmax_of_similarities_to_the_means(SimilarityMetric metric)
    {
        const int classes = 5, columns = 43;
        var (features, labels) = RandomData.Classes(120, columns, classes, separation: 0.4);
        var weights = Enumerable.Range(0, 120).Select(row => 0.5 + (row % 3)).ToArray();
        var rows = new TrainingRows { Features = features, Labels = labels, SampleWeights = weights };
        var fit = new CentroidTrainer(new CentroidOptions { Labels = TrainerGoldens.ClassNames(classes), Metric = metric, Sharpness = 7 }).Fit(rows);
        var means = Enumerable.Range(0, classes).Select(label =>
        {
            var own = Enumerable.Range(0, 120).Where(row => labels[row] == label).ToArray();
            return Enumerable.Range(0, columns)
                .Select(d => own.Sum(row => weights[row] * features.Row(row)[d] / Length(features.Row(row).ToArray(), metric)) / own.Sum(row => weights[row])).ToArray();
        }).ToArray();
        var probabilities = fit.CreateHead(HeadExamples.Description(classes) with { Temperature = null }).Predict(features);
        for (var row = 0; row < 120; row++)
        {
            var logits = means.Select(mean => 7 * Similarity(features.Row(row).ToArray(), mean, metric)).ToArray();
            for (var c = 0; c < classes; c++)
            {
                Assert.Equal(Math.Exp(logits[c] - logits.Max()) / logits.Sum(logit => Math.Exp(logit - logits.Max())), probabilities[(row * classes) + c], 2e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public void The_sharpness_makes_the_log_loss_of_rows_left_out_least(SimilarityMetric metric)
    {
        const int classes = 3;
        var (features, labels) = RandomData.Classes(45, 12, classes, separation: 0.6);
        var rows = new TrainingRows { Features = features, Labels = labels };
        var options = new CentroidOptions { Labels = TrainerGoldens.ClassNames(classes), Metric = metric };
        var fitted = new CentroidTrainer(options).Fit(rows).Centroids.Sharpness;

        // Leaving a row out for real gives the loss that the trainer finds in closed form.
        double Loss(double sharpness) => Enumerable.Range(0, 45).Average(row =>
        {
            int[] others = [.. Enumerable.Range(0, 45).Where(other => other != row)];
            var set = new CentroidTrainer(options with { Sharpness = sharpness }).Fit(
                new TrainingRows { Features = features.Select(others), Labels = others.Select(other => labels[other]).ToArray() });
            var probabilities = set.CreateHead(HeadExamples.Description(classes) with { Temperature = null }).Predict(features.Select([row]));
            return -Math.Log(probabilities[labels[row]]);
        });
        var least = Loss(fitted);
        Assert.True(least < Loss(fitted * 1.2), "sharper is better");
        Assert.True(least < Loss(fitted / 1.2), "blunter is better");
    }

    [Fact]
    public void One_row_a_class_is_enough()
    {
        var features = new FeatureMatrix(new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, 3, 3);
        foreach (var metric in Enum.GetValues<SimilarityMetric>())
        {
            var fit = new CentroidTrainer(new CentroidOptions { Labels = TrainerGoldens.ClassNames(3), Metric = metric }).Fit(new TrainingRows { Features = features, Labels = new[] { 2, 0, 1 } });
            Assert.Equal(1, fit.Accuracy);
            Assert.True(fit.Converged);
        }
    }

    [Fact]
    public void A_common_offset_of_the_features_does_not_eat_the_digits()
    {
        var (features, labels) = RandomData.Classes(60, 20, 3, separation: 0.6);
        var moved = new FeatureMatrix(RandomData.Values(features).Select(value => value + 1000f).ToArray(), 60, 20);
        var options = new CentroidOptions { Labels = TrainerGoldens.ClassNames(3), Metric = SimilarityMetric.Euclidean, Sharpness = 2 };
        var near = new CentroidTrainer(options).Fit(new TrainingRows { Features = features, Labels = labels });
        var far = new CentroidTrainer(options).Fit(new TrainingRows { Features = moved, Labels = labels });
        Assert.Equal(near.LogLoss, far.LogLoss, 0.02);
        Assert.Equal(near.Accuracy, far.Accuracy, 0.04);
    }

    private static double Length(float[] row, SimilarityMetric metric) => metric == SimilarityMetric.Cosine ? Math.Sqrt(row.Sum(value => (double)value * value)) : 1;

    private static double Similarity(float[] row, double[] mean, SimilarityMetric metric) => metric == SimilarityMetric.Cosine
        ? row.Zip(mean, (x, y) => x * y).Sum() / Math.Sqrt(row.Sum(x => (double)x * x) * mean.Sum(y => y * y))
        : -row.Zip(mean, (x, y) => (x - y) * (x - y)).Sum();
}
