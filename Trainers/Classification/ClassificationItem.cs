namespace MlTransfer.Trainers.Classification;

/// <summary>An image on its way through network and head.</summary>
internal sealed class ClassificationItem
{
    /// <summary>The network's input; null where the graph takes the file's bytes.</summary>
    public float[]? Pixels { get; init; }

    /// <summary>The file, where the graph takes its bytes.</summary>
    public byte[]? File { get; init; }

    /// <summary>The result; null until it is there.</summary>
    public ImagePrediction? Prediction { get; set; }

    /// <summary>Why there is no result; null where there is, or will be.</summary>
    public Exception? Fault { get; set; }
}
