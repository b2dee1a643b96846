using MlTransfer.Datasets.Images;

namespace MlTransfer.ML.Extraction;

/// <summary>One row's image; exactly one of path, file and pixels is there, or none where the row has no image.</summary>
/// <param name="Name">What messages and caches call it.</param>
internal sealed record ImageContent(string Name)
{
    /// <summary>Full path of its file.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes of its file.</summary>
    public byte[]? File { get; init; }

    /// <summary>The picture, RGB.</summary>
    public ImageBuffer? Pixels { get; init; }

    /// <summary>Its class, for the cache; null where not known.</summary>
    public string? Label { get; init; }
}
