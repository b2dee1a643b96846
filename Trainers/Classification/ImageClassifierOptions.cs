using MlTransfer.Features.Engines;

namespace MlTransfer.Trainers.Classification;

/// <summary>How <see cref="ImageClassifier"/> works.</summary>
public sealed record ImageClassifierOptions
{
    private readonly int _batch = 8;

    /// <summary>
    /// The network the head was fitted on, where it is not in the catalog: its graph file (or an id of the catalog). Null (default): found in the catalog by the
    /// digest that the head keeps. Another network than the head's is refused.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>What runs the graph; null (default) for the managed engine.</summary>
    public IGraphEngine? Engine { get; init; }

    /// <summary>Threads that compute, 1 or more; default: one a processor. Results do not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Most images that the network takes at once, 1 or more, default 8. Results do not depend on it.</summary>
    public int Batch
    {
        get => _batch;
        init => _batch = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A batch has one image or more.");
    }
}
