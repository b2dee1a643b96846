namespace MlTransfer.ML;

/// <summary>What becomes of a row whose image is missing, damaged or of a format that is not decoded.</summary>
public enum OnBadImage
{
    /// <summary>Asking for its features throws an error that names the image and its fault.</summary>
    Stop,

    /// <summary>Its features are all NaN, ML.NET's missing value: <c>ml.Data.FilterRowsByMissingValues</c> leaves such rows out.</summary>
    Missing,
}
