namespace MLNetSample;

/// <summary>What a prediction gives.</summary>
internal sealed class Prediction
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
