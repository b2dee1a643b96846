namespace MlTransfer.Datasets.Images.Gif;

/// <summary>
/// The first frame on the logical screen as Pillow's convert("RGB") gives it: around a smaller frame lies its transparent colour, or colour 0;
/// transparent pixels show their palette's colour; without any palette indices are gray levels.
/// </summary>
internal static class GifPhoto
{
    /// <summary>Draws the first frame.</summary>
    /// <exception cref="ImageFormatException">The picture has more pixels than allowed.</exception>
    public static ImageBuffer ToRgb(GifFile file, long maxPixels)
    {
        var frame = file.Frames[0];
        var width = Math.Max(file.ScreenWidth, frame.Left + frame.Width);
        var height = Math.Max(file.ScreenHeight, frame.Top + frame.Height);
        PixelLimit.Check("GIF", width, height, maxPixels);
        var lookup = new byte[256 * 3];
        for (var i = 0; frame.Palette is null && i < lookup.Length; i++)
        {
            lookup[i] = (byte)(i / 3);
        }

        frame.Palette?.CopyTo(lookup, 0);
        var samples = new byte[width * height * 3];
        var background = lookup.AsSpan(Math.Max(frame.LastTransparent, 0) * 3, 3);
        if (frame.Width != width || frame.Height != height)
        {
            for (var i = 0; i < samples.Length; i += 3)
            {
                background.CopyTo(samples.AsSpan(i));
            }
        }

        for (var y = 0; y < frame.Height; y++)
        {
            var target = samples.AsSpan((((frame.Top + y) * width) + frame.Left) * 3, frame.Width * 3);
            var source = frame.Indices.AsSpan(y * frame.Width, frame.Width);
            for (var x = 0; x < source.Length; x++)
            {
                lookup.AsSpan(source[x] * 3, 3).CopyTo(target[(x * 3)..]);
            }
        }

        return new ImageBuffer(width, height, 3, samples);
    }
}
