using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Extraction;

/// <summary>An image on its way to the network: read, hashed and, unless its features are known already, decoded and scaled.</summary>
internal sealed record PreparedImage(LabeledImage Image)
{
    /// <summary>SHA-256 of the file; meaningless where there is a fault.</summary>
    public ContentHash Hash { get; init; }

    /// <summary>The network's input, from the array pool; null where the features are known, where the graph takes bytes, or at a fault.</summary>
    public float[]? Pixels { get; init; }

    /// <summary>The file, where the graph takes bytes.</summary>
    public byte[]? File { get; init; }

    /// <summary>What is wrong with the image, or null.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether the cache has the features.</summary>
    public bool IsKnown { get; init; }
}
