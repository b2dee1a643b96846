using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Extraction;

/// <summary>Where an extraction puts features.</summary>
public interface IFeatureStore
{
    /// <summary>Whether the features of a file's content are there. Called from several threads while rows are appended.</summary>
    bool Contains(ContentHash hash);

    /// <summary>Takes the features of a content that was not there.</summary>
    void Append(LabeledImage image, ContentHash hash, ReadOnlySpan<float> features);

    /// <summary>Notes that an image has a content that is there.</summary>
    void Assign(LabeledImage image, ContentHash hash);

    /// <summary>Drops what the store has under the name of an image whose file can not be read now: it would be of another content.</summary>
    void Forget(LabeledImage image);

    /// <summary>Makes what was appended, assigned and forgotten durable.</summary>
    void Save();
}
