namespace MlTransfer.Datasets.Images.Png;

/// <summary>Colour types, with the numbers of the PNG specification (11.2.2).</summary>
internal enum PngColorType : byte
{
    /// <summary>Gray.</summary>
    Gray = 0,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>Indices into PLTE.</summary>
    Palette = 3,

    /// <summary>Gray and alpha.</summary>
    GrayAlpha = 4,

    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 6,
}
