using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Neighbours;

namespace MlTransfer.Trainers.Export;

/// <summary>A head as a stack of dense layers: max(0, y) between them, softmax at the end.</summary>
/// <param name="Layers">The layers, from the features to the classes; the head's temperature is part of the last.</param>
/// <param name="ScalesRows">Whether features are scaled to length 1 first.</param>
internal sealed record HeadLayers(IReadOnlyList<HeadLayer> Layers, bool ScalesRows)
{
    /// <summary>Takes a head apart.</summary>
    /// <exception cref="NotSupportedException">Its kind has no such form; the message says which have.</exception>
    public static HeadLayers Of(ClassifierHead head)
    {
        IReadOnlyList<HeadLayer> layers = head switch
        {
            SoftmaxHead softmax => [Layer(softmax.Weights)],
            NetworkHead network => [.. network.Weights.Layers.Select(layer => new HeadLayer(layer.Units, layer.Weight.ToArray(), layer.Bias.ToArray()))],
            CentroidHead centroids => [Layer(centroids.Centroids.ToLayer())],
            _ => throw new NotSupportedException($"A head of kind '{head.Kind}' compares with stored examples and has no form as a graph; only heads of dense layers (softmax, hidden layers) and nearest centroids are exported."),
        };
        return new HeadLayers(
            [.. layers.SkipLast(1), layers[^1].DividedBy(head.Description.Temperature ?? 1)],
            head is CentroidHead { Centroids.Metric: SimilarityMetric.Cosine });
    }

    private static HeadLayer Layer(SoftmaxWeights weights) => new(weights.Classes, weights.Weight.ToArray(), weights.Bias.ToArray());
}
