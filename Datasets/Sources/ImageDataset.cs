namespace MlTransfer.Datasets.Sources;

/// <summary>The labelled images of one source, in that source's stated order. Immutable; safe to read from any thread.</summary>
public sealed record ImageDataset
{
    /// <summary>The images; each <see cref="LabeledImage.Path"/> occurs once.</summary>
    public required IReadOnlyList<LabeledImage> Images { get; init; }

    /// <summary>The labels that images have, each once. A label's place here is its class index, from 0.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>What a user should know about the source, one sentence each: what was skipped, and why; possible mistakes.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>Full path of the folder that <see cref="LabeledImage.Path"/> is relative to.</summary>
    public required string Root { get; init; }
}
