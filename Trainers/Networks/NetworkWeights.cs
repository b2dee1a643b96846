namespace MlTransfer.Trainers.Networks;

/// <summary>
/// Dense layers one after the other, max(0, y) between them and softmax at the end. One layer is a softmax layer. Immutable; safe to use from any thread.
/// </summary>
public sealed class NetworkWeights
{
    /// <summary>Joins layers.</summary>
    /// <param name="layers">One or more; each takes as many numbers as the one before gives. The last has a unit a class.</param>
    /// <exception cref="ArgumentException">There is no layer, or two do not fit together.</exception>
    public NetworkWeights(IReadOnlyList<DenseWeights> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
        {
            throw new ArgumentException("a network needs one layer or more.", nameof(layers));
        }

        for (var i = 1; i < layers.Count; i++)
        {
            if (layers[i].Inputs != layers[i - 1].Units)
            {
                throw new ArgumentException($"layer {i} takes {layers[i].Inputs} numbers; the one before gives {layers[i - 1].Units}.", nameof(layers));
            }
        }

        Layers = [.. layers];
    }

    /// <summary>The layers, from the features to the classes.</summary>
    public IReadOnlyList<DenseWeights> Layers { get; }

    /// <summary>Number of features.</summary>
    public int Features => Layers[0].Inputs;

    /// <summary>Number of classes.</summary>
    public int Classes => Layers[^1].Units;
}
