namespace MlTransfer.Features.Preprocessing;

/// <summary>Pillow's resampling filters, named as in Keras' load_img.</summary>
public enum PillowFilter
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>Mean of the pixels covered.</summary>
    Box,

    /// <summary>Triangle of radius 1.</summary>
    Bilinear,

    /// <summary>Cosine-windowed sinc of radius 1.</summary>
    Hamming,

    /// <summary>Cubic convolution with a = −0.5, radius 2.</summary>
    Bicubic,

    /// <summary>Sinc windowed by a sinc of three lobes, radius 3.</summary>
    Lanczos,
}
