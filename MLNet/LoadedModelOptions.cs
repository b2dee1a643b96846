using MlTransfer.Features.Engines;

namespace MlTransfer.ML;

/// <summary>Where and how the networks of loaded models run. A saved model names its network by SHA-256; it does not hold it.</summary>
public sealed record LoadedModelOptions
{
    private readonly int _threads = Environment.ProcessorCount;

    /// <summary>
    /// Id in the catalog, or path of the graph's file, of the network; null (default): the catalog's network with that SHA-256, else the file that the model
    /// was made with, where it is still there. Another graph is refused.
    /// </summary>
    public string? Model { get; init; }

    /// <summary>Feature cache to look into and, in walks over data, to add to; null (default) for none.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Folder that paths in the image column are relative to; null (default) for the current folder.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>Threads of the engine, at least 1; default one a processor.</summary>
    public int Threads
    {
        get => _threads;
        init => _threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread is needed.");
    }

    /// <summary>What runs the graph; null (default) for the managed engine.</summary>
    public IGraphEngine? Engine { get; init; }
}
