using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Datasets.Images;

/// <summary>How <see cref="PhotoReader"/> reads a photo. Immutable, thread-safe.</summary>
public sealed record PhotoReadOptions
{
    /// <summary>Pillow's limit against decompression bombs: 2 × ⌊1 GiB / 4 / 3⌋ pixels.</summary>
    public const long DefaultMaxPixels = 178_956_970;

    /// <summary>
    /// Whose JPEG pixels: <see cref="JpegDct.Fast"/> (default) gives TensorFlow's DecodeJpeg, <see cref="JpegDct.Accurate"/> Pillow's and
    /// Keras' load_img. They differ by a few levels; take the one that the network was trained with.
    /// </summary>
    public JpegDct Dct { get; init; } = JpegDct.Fast;

    /// <summary>Whether the picture is turned upright as its EXIF orientation says. Default false, as TensorFlow and Keras.</summary>
    public bool ApplyExifOrientation { get; init; }

    /// <summary>Most pixels accepted; default <see cref="DefaultMaxPixels"/>.</summary>
    public long MaxPixels { get; init; } = DefaultMaxPixels;
}
