using System.Collections.Concurrent;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Extraction;

/// <summary>Keeps features in memory, one row an image, in the data set's order.</summary>
/// <remarks>One thread appends; <see cref="Contains"/> may be called from others meanwhile.</remarks>
public sealed class MemoryFeatureStore : IFeatureStore
{
    private readonly ConcurrentDictionary<ContentHash, float[]> _byContent = new();
    private readonly List<(LabeledImage Image, float[] Features)> _rows = [];

    /// <summary>Called for each image as its features come; null for nothing.</summary>
    public Action<LabeledImage, float[]>? OnRow { get; init; }

    /// <summary>The images and their features so far.</summary>
    public IReadOnlyList<(LabeledImage Image, float[] Features)> Rows => _rows;

    /// <inheritdoc/>
    public bool Contains(ContentHash hash) => _byContent.ContainsKey(hash);

    /// <inheritdoc/>
    public void Append(LabeledImage image, ContentHash hash, ReadOnlySpan<float> features)
    {
        var row = features.ToArray();
        _byContent[hash] = row;
        Add(image, row);
    }

    /// <inheritdoc/>
    public void Assign(LabeledImage image, ContentHash hash) => Add(image, _byContent[hash]);

    /// <inheritdoc/>
    public void Forget(LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        _rows.RemoveAll(row => row.Image.Path == image.Path);
    }

    /// <inheritdoc/>
    public void Save()
    {
        // Memory is as durable as it gets.
    }

    private void Add(LabeledImage image, float[] features)
    {
        _rows.Add((image, features));
        OnRow?.Invoke(image, features);
    }
}
