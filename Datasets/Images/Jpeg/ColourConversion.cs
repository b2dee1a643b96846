namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>How rows of components become rows of pixels.</summary>
internal enum ColourConversion
{
    /// <summary>The first component alone: gray, or the luma of YCbCr.</summary>
    First,

    /// <summary>Gray, three times.</summary>
    GrayToRgb,

    YccToRgb,

    RgbToRgb,

    RgbToGray,

    CmykToRgb,

    YcckToRgb,
}
