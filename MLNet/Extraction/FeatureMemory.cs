using System.Collections.Concurrent;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.ML.Extraction;

/// <summary>Features in memory, up to a number of rows; what comes later is not kept, so that walks over more rows than fit still find the first.</summary>
/// <param name="capacity">Most rows, 0 or more.</param>
internal sealed class FeatureMemory(long capacity) : IFeatureMemo
{
    private readonly ConcurrentDictionary<ContentHash, float[]> _rows = new();

    public float[]? Find(ContentHash hash) => _rows.GetValueOrDefault(hash);

    public bool Add(ImageContent image, ContentHash hash, float[] features)
    {
        if (_rows.Count < capacity)
        {
            _rows.TryAdd(hash, features);
        }

        return _rows.ContainsKey(hash);
    }

    public void Enter()
    {
        // Nothing is opened for a walk.
    }

    public void Leave()
    {
        // Nothing waits to be saved.
    }
}
