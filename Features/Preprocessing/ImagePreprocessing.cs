using System.Globalization;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// Everything that happens between the bytes of a photo and the numbers a network is fed with. Immutable and thread-safe; two of them are
/// equal exactly when they give the same numbers for every photo, as are their <see cref="Id"/>s.
/// </summary>
public sealed record ImagePreprocessing
{
    private const string FastDct = "jpeg-dct-fast";
    private const string AccurateDct = "jpeg-dct-accurate";
    private const string ExifIgnored = "exif-ignored";
    private const string ExifApplied = "exif-applied";

    /// <summary>Largest width and height, in pixels.</summary>
    public const int MaxSize = 16_384;

    /// <summary>Width of the result in pixels, 1…16,384. Default 299.</summary>
    public int Width
    {
        get;
        init => field = CheckedSize(value, nameof(Width));
    }
    = 299;

    /// <summary>Height of the result in pixels, 1…16,384. Default 299.</summary>
    public int Height
    {
        get;
        init => field = CheckedSize(value, nameof(Height));
    }
    = 299;

    /// <summary>How the picture is resized. Default TensorFlow's legacy bilinear, as retrain.py.</summary>
    public ResizeMethod Resize { get; init; } = ResizeMethod.TensorFlowLegacyBilinear;

    /// <summary>How samples are scaled. Default <see cref="PixelScaling.Inception"/>.</summary>
    public PixelScaling Scaling { get; init; } = PixelScaling.Inception;

    /// <summary>Which inverse DCT decodes JPEG photos. Default the fast one, as TensorFlow.</summary>
    public JpegDct Dct { get; init; } = JpegDct.Fast;

    /// <summary>Whether photos are turned upright by their EXIF orientation. Default false, as TensorFlow and Keras.</summary>
    public bool ApplyExifOrientation { get; init; }

    /// <summary>
    /// A canonical text of all of the above, stable between versions, for cache keys:
    /// <c>rgb;tf-legacy-bilinear;299x299;zero-one;jpeg-dct-fast;exif-ignored</c> (the size is width x height).
    /// </summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"rgb;{ResizeMethods.NameOf(Resize)};{Width}x{Height};{PixelScalings.NameOf(Scaling)};{(Dct == JpegDct.Fast ? FastDct : AccurateDct)};{(ApplyExifOrientation ? ExifApplied : ExifIgnored)}");

    /// <summary>How a photo must be read for this preprocessing.</summary>
    public PhotoReadOptions ReadOptions => new() { Dct = Dct, ApplyExifOrientation = ApplyExifOrientation };

    /// <summary>Numbers of a result: <see cref="Height"/> × <see cref="Width"/> × 3.</summary>
    public int OutputLength => Height * Width * 3;

    /// <summary>Reads what <see cref="Id"/> writes; the last two parts may be left out and mean the defaults.</summary>
    /// <param name="id">For example <c>rgb;tf-legacy-bilinear;299x299;zero-one</c>.</param>
    /// <exception cref="FormatException">A part is missing or unknown; the message names it and what it can be.</exception>
    public static ImagePreprocessing Parse(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var parts = id.Split(';');
        if (parts.Length is < 4 or > 6)
        {
            throw new FormatException(
                $"'{id}' is not a preprocessing; it has {parts.Length} parts between semicolons where rgb;RESIZE;WIDTHxHEIGHT;SCALING[;JPEG-DCT[;EXIF]] is expected.");
        }

        if (parts[0] != "rgb")
        {
            throw new FormatException($"'{parts[0]}' in the preprocessing '{id}' is not a colour order; rgb is the one there is.");
        }

        var (width, height) = ParseSize(parts[2], id);
        return new ImagePreprocessing
        {
            Resize = ResizeMethods.Parse(parts[1]),
            Width = width,
            Height = height,
            Scaling = PixelScalings.Parse(parts[3]),
            Dct = parts.Length < 5 || Choose(parts[4], FastDct, AccurateDct, id) ? JpegDct.Fast : JpegDct.Accurate,
            ApplyExifOrientation = parts.Length == 6 && Choose(parts[5], ExifApplied, ExifIgnored, id),
        };
    }

    /// <summary>Resizes and scales one picture.</summary>
    /// <param name="image">An RGB picture, as PhotoReader gives.</param>
    /// <param name="destination">Receives float32 [<see cref="Height"/>, <see cref="Width"/>, 3]; exactly <see cref="OutputLength"/> numbers.</param>
    /// <exception cref="ArgumentException">The picture is not RGB, or the destination has another length.</exception>
    public void Apply(ImageBuffer image, Span<float> destination)
    {
        if (PixelFormula.Of(Scaling) is { } formula)
        {
            ImageResizer.Resize(image, Width, Height, Resize, destination, new ScaledRowTransform(formula));
            return;
        }

        ImageResizer.Resize(image, Width, Height, Resize, destination, default(NoRowTransform));
        PixelScaler.Apply(Scaling, destination);
    }

    /// <summary>The <see cref="Id"/>.</summary>
    public override string ToString() => Id;

    private static int CheckedSize(int value, string name) => value is >= 1 and <= MaxSize
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"A size from 1 to {MaxSize} is expected.");

    private static (int Width, int Height) ParseSize(string text, string id)
    {
        var separator = text.IndexOf('x', StringComparison.Ordinal);
        if (separator > 0
            && int.TryParse(text.AsSpan(0, separator), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is >= 1 and <= MaxSize && height is >= 1 and <= MaxSize)
        {
            return (width, height);
        }

        throw new FormatException($"'{text}' in the preprocessing '{id}' is not a size; WIDTHxHEIGHT with numbers from 1 to {MaxSize} is expected.");
    }

    private static bool Choose(string text, string first, string second, string id) =>
        text == first || (text == second
            ? false
            : throw new FormatException($"'{text}' in the preprocessing '{id}' is not known here; {first} or {second} is expected."));
}
