namespace MlTransfer.Datasets.Images;

/// <summary>File formats that are told apart by content. The first four are decoded; the others are only named in errors.</summary>
public enum ImageFormat
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>JPEG (JFIF, EXIF …).</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>Windows or OS/2 bitmap.</summary>
    Bmp,

    /// <summary>GIF.</summary>
    Gif,

    /// <summary>WebP; not decoded.</summary>
    WebP,

    /// <summary>TIFF and raw photos based on it; not decoded.</summary>
    Tiff,

    /// <summary>HEIC / HEIF; not decoded.</summary>
    Heic,

    /// <summary>AVIF; not decoded.</summary>
    Avif,

    /// <summary>JPEG XL; not decoded.</summary>
    JpegXl,

    /// <summary>JPEG 2000; not decoded.</summary>
    Jpeg2000,

    /// <summary>Photoshop; not decoded.</summary>
    Photoshop,

    /// <summary>Windows icon; not decoded.</summary>
    Icon,

    /// <summary>Netpbm (PBM, PGM, PPM); not decoded.</summary>
    Netpbm,

    /// <summary>SVG or other XML; not decoded.</summary>
    Svg,

    /// <summary>PDF; not decoded.</summary>
    Pdf,
}
