using MlTransfer.Datasets.Sources;

namespace MlTransfer.Features.Extraction;

/// <summary>The stores of several taps that are filled together.</summary>
/// <remarks>Each store is whole on its own: after an end at any point, what one lacks is computed again and the others keep what they have.</remarks>
internal sealed class TapStores(IReadOnlyList<IFeatureStore> stores)
{
    /// <summary>Whether every tap's features of a content are there. Called from several threads while rows are appended.</summary>
    public bool Contains(ContentHash hash)
    {
        foreach (var store in stores)
        {
            if (!store.Contains(hash))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the features of a content, one vector a tap.</summary>
    public void Append(LabeledImage image, ContentHash hash, ReadOnlyMemory<float>[] features)
    {
        for (var tap = 0; tap < features.Length; tap++)
        {
            if (stores[tap].Contains(hash))
            {
                stores[tap].Assign(image, hash);
            }
            else
            {
                stores[tap].Append(image, hash, features[tap].Span);
            }
        }
    }

    /// <summary>Notes that an image has a content that is there.</summary>
    public void Assign(LabeledImage image, ContentHash hash)
    {
        foreach (var store in stores)
        {
            store.Assign(image, hash);
        }
    }

    /// <summary>Drops what the stores have under the name of an image.</summary>
    public void Forget(LabeledImage image)
    {
        foreach (var store in stores)
        {
            store.Forget(image);
        }
    }

    /// <summary>Makes what was appended, assigned and forgotten durable.</summary>
    public void Save()
    {
        foreach (var store in stores)
        {
            store.Save();
        }
    }
}
