using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Trainers.Tests.Heads;

/// <summary>A small head of every kind, its numbers by rule.</summary>
internal static class HeadExamples
{
    public static string[] Kinds { get; } = ["softmax", "network", "centroid", "neighbours"];

    public static HeadDescription Description(int classes) => new()
    {
        Labels = [.. Enumerable.Range(0, classes).Select(number => $"Blüte \"{number}\" 花")],
        BackboneId = "inception_v3_nsfwjs",
        GraphSha256 = new string('c', 64),
        Tensor = "bottleneck:0",
        Preprocessing = "inception",
        Trainer = "some",
        TrainerOptions = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" },
        Training = new TrainingFacts { Rows = 42, Split = "hash of the path", Objective = 0.75, Metrics = new Dictionary<string, double> { ["test_accuracy"] = 0.875 } },
        Temperature = 1.25,
        CreatedBy = "mltransfer 0.1.0",
    };

    public static ClassifierHead Create(string kind, int features = 6, int classes = 3) => kind switch
    {
        "softmax" => new SoftmaxHead(new SoftmaxWeights(Numbers(features * classes), Numbers(classes)), Description(classes)),
        "network" => new NetworkHead(
            new NetworkWeights([new DenseWeights(Numbers(features * 5), Numbers(5)), new DenseWeights(Numbers(20), Numbers(4)), new DenseWeights(Numbers(4 * classes), Numbers(classes))]),
            Description(classes)),
        "centroid" => new CentroidHead(
            new CentroidSet(Numbers(features * classes), [.. Enumerable.Range(1, classes)], SimilarityMetric.Cosine, 12.5), Description(classes)),
        _ => new NeighbourHead(
            new NeighbourSet(
                Numbers(9 * features), [.. Enumerable.Range(0, 9).Select(row => row % classes)], classes, 4, NeighbourWeighting.Distance, SimilarityMetric.Euclidean),
            Description(classes)),
    };

    public static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 37 % 101) - 50) / 64f)];
}
