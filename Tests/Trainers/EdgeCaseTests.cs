using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;
using MlTransfer.Trainers.Optimizers;
using MlTransfer.Trainers.Schedules;
using MlTransfer.Trainers.Tests.Heads;

namespace MlTransfer.Trainers.Tests;

/// <summary>Data at the edge, given to every trainer: a clear message or a right answer.</summary>
public sealed class EdgeCaseTests
{
    private static readonly Dictionary<string, Func<IReadOnlyList<string>, IHeadTrainer>> s_trainers = new()
    {
        ["lbfgs"] = labels => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = labels }),
        ["sgd"] = labels => new MiniBatchTrainer(TrainerPresets.Create(TrainerPresets.Retrain, labels) with { Steps = 300, Schedule = new ConstantRate(0.1) }),
        ["adam"] = labels => new MiniBatchTrainer(new MiniBatchOptions { Labels = labels, Epochs = 20, Schedule = new ConstantRate(0.05) }),
        ["network"] = labels => new NetworkTrainer(new NetworkOptions { Hidden = [32], MiniBatches = new MiniBatchOptions { Labels = labels, Epochs = 20, Schedule = new ConstantRate(0.01) } }),
        ["rmsprop network"] = labels => new NetworkTrainer(new NetworkOptions
        {
            Hidden = [24, 16],
            Dropout = [0.2],
            MiniBatches = new MiniBatchOptions { Labels = labels, Epochs = 25, Optimizer = new RmsPropOptimizer(), Schedule = new ConstantRate(0.01) },
        }),
        ["centroid"] = labels => new CentroidTrainer(new CentroidOptions { Labels = labels }),
        ["euclidean centroid"] = labels => new CentroidTrainer(new CentroidOptions { Labels = labels, Metric = SimilarityMetric.Euclidean }),
        ["knn"] = labels => new NeighbourTrainer(new NeighbourOptions { Labels = labels, Neighbours = 1, Weighting = NeighbourWeighting.Distance }),
        ["euclidean knn"] = labels => new NeighbourTrainer(new NeighbourOptions { Labels = labels, Neighbours = 1, Metric = SimilarityMetric.Euclidean }),
    };

    public static TheoryData<string> Trainers() => [.. s_trainers.Keys];

    [Theory]
    [MemberData(nameof(Trainers))]
    public void One_class_is_refused_by_name(string name)
    {
        var labels = TrainerGoldens.ClassNames(3);
        var rows = new TrainingRows { Features = new FeatureMatrix(new float[12], 4, 3), Labels = new[] { 1, 1, 1, 1 } };
        var error = Assert.Throws<TrainingDataException>(() => s_trainers[name](labels).Fit(rows)).Message;
        Assert.Contains("All 4 training rows are of class 'class 1'", error, StringComparison.Ordinal);
        Assert.Contains("only 'a'", Assert.Throws<ArgumentException>(() => s_trainers[name](["a"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void No_rows_and_wrong_labels_are_refused(string name)
    {
        var trainer = s_trainers[name](TrainerGoldens.ClassNames(3));
        Assert.Contains(
            "no training rows", Assert.Throws<TrainingDataException>(() => trainer.Fit(new TrainingRows { Features = new FeatureMatrix(Array.Empty<float>(), 0, 3), Labels = Array.Empty<int>() })).Message,
            StringComparison.Ordinal);
        var features = new FeatureMatrix(new float[6], 2, 3);
        Assert.Contains(
            "row 1 has the label 3", Assert.Throws<TrainingDataException>(() => trainer.Fit(new TrainingRows { Features = features, Labels = new[] { 0, 3 } })).Message, StringComparison.Ordinal);
        Assert.Contains(
            "3 labels were given for 2 rows", Assert.Throws<TrainingDataException>(() => trainer.Fit(new TrainingRows { Features = features, Labels = new[] { 0, 1, 2 } })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void One_row_a_class_is_learned(string name)
    {
        var values = new float[4 * 6];
        for (var row = 0; row < 4; row++)
        {
            values[(row * 6) + row] = 1;
            values[(row * 6) + 5] = 0.5f;
        }

        Learned(name, new FeatureMatrix(values, 4, 6), [3, 1, 0, 2], 4);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Features_that_are_no_numbers_are_named(string name)
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity })
        {
            var (features, labels) = RandomData.Classes(12, 5, 3);
            var values = RandomData.Values(features);
            values[(7 * 5) + 2] = bad;
            var rows = new TrainingRows { Features = new FeatureMatrix(values, 12, 5, [.. Enumerable.Range(0, 12).Select(row => $"photo{row}.jpg")]), Labels = labels };
            var error = Assert.Throws<TrainingDataException>(() => s_trainers[name](TrainerGoldens.ClassNames(3)).Fit(rows)).Message;
            Assert.Contains("row 7 (photo7.jpg)", error, StringComparison.Ordinal);
            Assert.Contains("column 2", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Constant_features_tell_nothing_and_give_finite_probabilities(string name)
    {
        foreach (var value in new[] { 0f, 1.5f })
        {
            var features = new FeatureMatrix(Enumerable.Repeat(value, 30 * 7).ToArray(), 30, 7);
            var fit = s_trainers[name](TrainerGoldens.ClassNames(3)).Fit(new TrainingRows { Features = features, Labels = Enumerable.Range(0, 30).Select(row => row % 3).ToArray() });
            Assert.InRange(fit.Accuracy, 0, 0.5);
            var probabilities = fit.CreateHead(HeadExamples.Description(3)).Predict(features);
            Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void One_constant_feature_among_others_does_no_harm(string name)
    {
        var (features, labels) = RandomData.Classes(60, 8, 3, separation: 4);
        var values = RandomData.Values(features);
        for (var row = 0; row < 60; row++)
        {
            values[row * 8] = 0.25f;
            values[(row * 8) + 1] = 0;
        }

        Learned(name, new FeatureMatrix(values, 60, 8), labels, 3);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void A_thousand_classes_are_learned(string name)
    {
        const int classes = 1000;
        var random = new Random(2);
        var values = Enumerable.Range(0, classes * 48).Select(_ => random.NextSingle()).ToArray();
        var features = new FeatureMatrix(values.Concat(values).ToArray(), 2 * classes, 48);
        int[] labels = [.. Enumerable.Range(0, 2 * classes).Select(row => row % classes)];
        var fit = s_trainers[name](TrainerGoldens.ClassNames(classes)).Fit(new TrainingRows { Features = features, Labels = labels });

        // A few hundred steps of plain descent do not tell a thousand classes apart; they must only be on the way.
        var chance = 1.0 / classes;
        Assert.True(fit.Accuracy > (name is "sgd" or "adam" || name.Contains("network", StringComparison.Ordinal) ? 3 * chance : 0.95), $"{name}: {fit.Accuracy}");
        Assert.True(fit.LogLoss < Math.Log(classes), $"{name}: {fit.LogLoss}");
        Assert.Equal(classes, fit.CreateHead(HeadExamples.Description(classes)).Predict(features.Select([0])).Length);
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Labels_that_never_occur_are_said_and_never_predicted(string name)
    {
        var (features, labels) = RandomData.Classes(60, 8, 3, separation: 4);
        labels = Array.ConvertAll(labels, label => label * 2);
        var fit = s_trainers[name](TrainerGoldens.ClassNames(6)).Fit(new TrainingRows { Features = features, Labels = labels });
        Assert.Contains(fit.Notices, notice => notice.Contains("'class 1', 'class 3', 'class 5'", StringComparison.Ordinal));
        var probabilities = fit.CreateHead(HeadExamples.Description(6) with { Temperature = null }).Predict(features);
        for (var row = 0; row < 60; row++)
        {
            var own = probabilities.AsSpan(row * 6, 6).ToArray();
            Assert.Equal(labels[row], Array.IndexOf(own, own.Max()));
            Assert.Equal((0f, 0f, 0f), (own[1], own[3], own[5]));
        }
    }

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Names_options_and_heads_go_together(string name)
    {
        var (features, labels) = RandomData.Classes(30, 5, 3, separation: 2);
        var trainer = s_trainers[name](TrainerGoldens.ClassNames(3));
        Assert.Equal(3, trainer.Labels.Count);
        Assert.NotEmpty(trainer.Name);
        Assert.All(trainer.Options, option => Assert.NotEmpty(option.Value));
        var fit = trainer.Fit(new TrainingRows { Features = features, Labels = labels });
        Assert.Equal(trainer.IterationUnit is not null, fit.Iterations > 0);
        ClassifierHead head = fit.CreateHead(HeadExamples.Description(3));
        Assert.Equal(5, head.FeatureDimension);
        Assert.Throws<ArgumentException>(() => fit.CreateHead(HeadExamples.Description(4)));
    }

    private static void Learned(string name, FeatureMatrix features, int[] labels, int classes)
    {
        var fit = s_trainers[name](TrainerGoldens.ClassNames(classes)).Fit(new TrainingRows { Features = features, Labels = labels });
        var probabilities = fit.CreateHead(HeadExamples.Description(classes)).Predict(features);
        for (var row = 0; row < labels.Length; row++)
        {
            var own = probabilities.AsSpan(row * classes, classes).ToArray();
            Assert.Equal(labels[row], Array.IndexOf(own, own.Max()));
        }
    }
}
