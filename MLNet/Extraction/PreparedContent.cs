using MlTransfer.Datasets.Sources;

namespace MlTransfer.ML.Extraction;

/// <summary>An image read and, where its features are not known, decoded and scaled.</summary>
internal sealed record PreparedContent
{
    /// <summary>Its content.</summary>
    public ContentHash Hash { get; init; }

    /// <summary>The file that it was read from, as it was; null where it came otherwise.</summary>
    public (string Path, long Length, DateTime Written)? Version { get; init; }

    /// <summary>Its features, where they were known.</summary>
    public float[]? Features { get; init; }

    /// <summary>The network's input for it, rented; null where not needed.</summary>
    public float[]? Pixels { get; init; }

    /// <summary>Its file, for networks that decode themselves; null where not needed.</summary>
    public byte[]? File { get; init; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Fault { get; init; }
}
