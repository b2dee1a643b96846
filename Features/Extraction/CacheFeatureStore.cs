using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Extraction;

/// <summary>Puts features into a cache on the disk.</summary>
/// <param name="cache">The cache, open for writing; not closed by this.</param>
public sealed class CacheFeatureStore(FeatureCache cache) : IFeatureStore
{
    /// <inheritdoc/>
    public bool Contains(ContentHash hash) => cache.TryGetRow(hash, out _);

    /// <inheritdoc/>
    public void Append(LabeledImage image, ContentHash hash, ReadOnlySpan<float> features)
    {
        ArgumentNullException.ThrowIfNull(image);
        cache.Append(image.Path, image.Label, hash, features);
    }

    /// <inheritdoc/>
    public void Assign(LabeledImage image, ContentHash hash)
    {
        ArgumentNullException.ThrowIfNull(image);
        cache.Assign(image.Path, image.Label, hash);
    }

    /// <inheritdoc/>
    public void Forget(LabeledImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        cache.Remove(image.Path);
    }

    /// <inheritdoc/>
    public void Save() => cache.Commit();
}
