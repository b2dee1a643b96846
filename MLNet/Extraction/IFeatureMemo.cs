using MlTransfer.Datasets.Sources;

namespace MlTransfer.ML.Extraction;

/// <summary>Where features stay once they are computed. Thread-safe.</summary>
internal interface IFeatureMemo
{
    /// <summary>The features of a content; null where they are not there.</summary>
    float[]? Find(ContentHash hash);

    /// <summary>Keeps the features of an image, where there is room; whether they are kept.</summary>
    bool Add(ImageContent image, ContentHash hash, float[] features);

    /// <summary>A cursor or row begins to use it.</summary>
    void Enter();

    /// <summary>A cursor or row has ended; at the last one what was added is saved.</summary>
    void Leave();
}
