namespace MlTransfer.Datasets.Images.Exif;

/// <summary>Turns and mirrors pictures. Stateless, hence thread-safe.</summary>
public static class OrientationTransform
{
    /// <summary>The picture upright.</summary>
    /// <param name="image">The picture as stored.</param>
    /// <param name="orientation">What its EXIF data say.</param>
    /// <returns>A new picture, or <paramref name="image"/> itself if there is nothing to do.</returns>
    public static ImageBuffer Apply(ImageBuffer image, ExifOrientation orientation)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (orientation is <= ExifOrientation.Upright or > ExifOrientation.Rotate270)
        {
            return image;
        }

        var (width, height, channels) = (image.Width, image.Height, image.Channels);
        var swaps = orientation >= ExifOrientation.Transpose;
        var (outWidth, outHeight) = swaps ? (height, width) : (width, height);

        // Each output step right and down is a step through the stored picture; orientations differ in start and steps.
        var (row, last) = (width * channels, (width - 1) * channels);
        var bottom = (height - 1) * row;
        var (start, right, down) = orientation switch
        {
            ExifOrientation.MirrorHorizontal => (last, -channels, row),
            ExifOrientation.Rotate180 => (bottom + last, -channels, -row),
            ExifOrientation.MirrorVertical => (bottom, channels, -row),
            ExifOrientation.Transpose => (0, row, channels),
            ExifOrientation.Rotate90 => (bottom, -row, channels),
            ExifOrientation.Transverse => (bottom + last, -row, -channels),
            _ => (last, row, -channels),
        };

        var samples = new byte[image.Samples.Length];
        var to = 0;
        for (var y = 0; y < outHeight; y++)
        {
            var from = start + (y * down);
            for (var x = 0; x < outWidth; x++, from += right)
            {
                for (var c = 0; c < channels; c++)
                {
                    samples[to++] = image.Samples[from + c];
                }
            }
        }

        return new ImageBuffer(outWidth, outHeight, channels, samples);
    }
}
