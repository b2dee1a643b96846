namespace MLNetSample;

/// <summary>What a prediction is asked for.</summary>
internal sealed class Photo
{
    public string ImagePath { get; set; } = "";

    /// <summary>The pipeline has a label column; a prediction leaves it empty.</summary>
    public string Label { get; set; } = "";
}
