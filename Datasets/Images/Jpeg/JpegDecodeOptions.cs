namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>How to decode a JPEG file. The defaults are those of TensorFlow's DecodeJpeg with <c>channels=3</c>. Immutable, thread-safe.</summary>
public sealed record JpegDecodeOptions
{
    /// <summary>Channels of the result: 1 gray, 3 RGB, 0 as the file has (gray stays 1, all else becomes 3). Default 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>The inverse DCT; default <see cref="JpegDct.Fast"/>, as TensorFlow.</summary>
    public JpegDct Dct { get; init; } = JpegDct.Fast;

    /// <summary>
    /// Whether chroma that is halved is interpolated (true, the default) or repeated. Other ratios are always repeated.
    /// </summary>
    public bool FancyUpsampling { get; init; } = true;

    /// <summary>Decodes to 1/1, 1/2, 1/4 or 1/8 of the size (rounded up) straight from the coefficients. Default 1.</summary>
    public int Ratio { get; init; } = 1;

    /// <summary>
    /// Whether a file that ends early is decoded as far as it goes instead of being refused; the same pixels as TensorFlow's
    /// <c>try_recover_truncated</c>. Default false.
    /// </summary>
    public bool TryRecoverTruncated { get; init; }

    /// <summary>
    /// Least fraction of rows, 0…1, that a truncated one-scan file must yield to be accepted, the missing rows being black. Default 1.
    /// </summary>
    public float AcceptableFraction { get; init; } = 1;

    /// <summary>The window to decode; null, the default, is the whole picture.</summary>
    public JpegCrop? Crop { get; init; }

    /// <summary>
    /// Most pixels of the stored picture that are accepted; default 2^29. Independently of it, TensorFlow's bound of 2^29 samples in the
    /// output holds, and a picture of more than 2^26 samples must have at least one byte of file for every 4,096 of them.
    /// </summary>
    public long MaxPixels { get; init; } = 1L << 29;

    /// <summary>Whom to follow where TensorFlow and Pillow differ. Default TensorFlow.</summary>
    public JpegRules Rules { get; init; } = JpegRules.TensorFlow;
}
