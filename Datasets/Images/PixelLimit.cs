namespace MlTransfer.Datasets.Images;

/// <summary>The guard against pictures whose headers claim more than anyone wants to hold.</summary>
internal static class PixelLimit
{
    /// <summary>Most pixels whose RGB samples one array can hold.</summary>
    private const long MaxHeld = int.MaxValue / 4;

    /// <summary>Throws when a picture has more pixels than allowed.</summary>
    /// <exception cref="ImageFormatException">It has; the message gives both numbers.</exception>
    public static void Check(string format, long width, long height, long maxPixels)
    {
        var limit = Math.Min(maxPixels, MaxHeld);
        if (width > limit || height > limit || width * height > limit)
        {
            throw new ImageFormatException(
                $"{format}: {width} x {height} pixels are more than the {limit} that are accepted; shrink the picture or raise the limit.");
        }
    }
}
