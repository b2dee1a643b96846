using System.Buffers;
using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// Pillow's Image.resize (version 13) for 8-bit pictures, bit for bit: two passes in 22-bit fixed point, each rounded to
/// 8 bits; filters widen when shrinking, so it antialiases. Keras' load_img resizes so. Source: Pillow, src/libImaging/Resample.c and
/// Geometry.c. Stateless, hence thread-safe.
/// </summary>
/// <remarks>Pillow premultiplies pictures with alpha; here channels are independent, as they are in gray and RGB ones.</remarks>
public static class PillowResizer
{
    /// <summary>Resizes a picture or a part of it.</summary>
    /// <param name="image">The picture, gray or RGB.</param>
    /// <param name="width">Width of the result, at least 1.</param>
    /// <param name="height">Height of the result, at least 1.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="box">The part to resize; null is the whole.</param>
    /// <returns>The result, with as many channels; <paramref name="image"/> itself when nothing changes.</returns>
    /// <exception cref="ArgumentException">The box is empty or not within the picture, or a size is below 1.</exception>
    public static ImageBuffer Resize(ImageBuffer image, int width, int height, PillowFilter filter, ResizeBox? box = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var part = CheckBox(image, width, height, box);
        if (width == image.Width && height == image.Height && part == ResizeBox.Whole(width, height))
        {
            return image;
        }

        var samples = new byte[checked(width * height * image.Channels)];
        Resize(image, width, height, filter, part, samples);
        return new ImageBuffer(width, height, image.Channels, samples);
    }

    /// <summary>The same into given memory, with a box that has been checked.</summary>
    internal static void Resize(ImageBuffer image, int width, int height, PillowFilter filter, ResizeBox part, Span<byte> destination)
    {
        if (filter == PillowFilter.Nearest)
        {
            Nearest(image, width, height, part, destination);
            return;
        }

        var horizontal = width != image.Width || part.Left != 0 || part.Right != width;
        var vertical = height != image.Height || part.Top != 0 || part.Bottom != height;
        if (!horizontal && !vertical)
        {
            image.Samples.CopyTo(destination);
            return;
        }

        var channels = image.Channels;
        var columns = horizontal ? PillowCoefficients.Compute(image.Width, part.Left, part.Right, width, filter) : null;
        var rows = vertical ? PillowCoefficients.Compute(image.Height, part.Top, part.Bottom, height, filter) : null;
        if (columns is null || rows is null)
        {
            Stretch(image.Samples, image.Width, image.Height, channels, columns, rows, destination);
            return;
        }

        if (GoesVerticallyFirst(image, width, height))
        {
            var length = checked(height * image.Width * channels);
            var middle = ArrayPool<byte>.Shared.Rent(length);
            Stretch(image.Samples, image.Width, image.Height, channels, null, rows, middle.AsSpan(0, length));
            Stretch(middle.AsSpan(0, length), image.Width, height, channels, columns, null, destination);
            ArrayPool<byte>.Shared.Return(middle);
        }
        else
        {
            var length = checked(image.Height * width * channels);
            var middle = ArrayPool<byte>.Shared.Rent(length);
            Stretch(image.Samples, image.Width, image.Height, channels, columns, null, middle.AsSpan(0, length));
            Stretch(middle.AsSpan(0, length), width, image.Height, channels, null, rows, destination);
            ArrayPool<byte>.Shared.Return(middle);
        }
    }

    /// <summary>
    /// Pillow 13 begins with the vertical pass when the height shrinks much more than the width (sizes of the whole picture count, not of the
    /// box). How much is "much" is taken from its results: some fraction from 0.04 to 0.23 of the size.
    /// </summary>
    private static bool GoesVerticallyFirst(ImageBuffer image, int width, int height)
    {
        const double much = 0.1;
        return height < image.Height && ((double)width / image.Width) - ((double)height / image.Height) > much;
    }

    /// <summary>One pass, along the axis whose weights are given.</summary>
    private static void Stretch(
        ReadOnlySpan<byte> source, int width, int height, int channels, PillowCoefficients? columns, PillowCoefficients? rows, Span<byte> target)
    {
        var row = width * channels;
        if (columns is not null)
        {
            var outputRow = columns.First.Length * channels;
            for (var y = 0; y < height; y++)
            {
                PillowRows.Horizontal(source, y * row, row, channels, columns, target.Slice(y * outputRow, outputRow));
            }
        }
        else if (rows is not null)
        {
            for (var y = 0; y < rows.First.Length; y++)
            {
                PillowRows.Vertical(source[(rows.First[y] * row)..], row, rows.WeightsOf(y), target.Slice(y * row, row));
            }
        }
    }

    private static ResizeBox CheckBox(ImageBuffer image, int width, int height, ResizeBox? box)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var part = box ?? ResizeBox.Whole(image.Width, image.Height);
        var within = part.Left >= 0 && part.Top >= 0 && part.Right <= image.Width && part.Bottom <= image.Height;
        if (!within || !(part.Right > part.Left) || !(part.Bottom > part.Top))
        {
            throw new ArgumentException($"The box {part} is empty or not within the picture of {image.Width} x {image.Height}.", nameof(box));
        }

        return part;
    }

    private static void Nearest(ImageBuffer image, int width, int height, ResizeBox part, Span<byte> destination)
    {
        var positions = ArrayPool<int>.Shared.Rent(width + height);
        var columns = positions.AsSpan(0, width);
        var rows = positions.AsSpan(width, height);
        FillPositions(columns, part.Left, part.Right, image.Width);
        FillPositions(rows, part.Top, part.Bottom, image.Height);
        NearestRows.Gather(image.Samples, image.Width * image.Channels, image.Channels, columns, rows, destination);
        ArrayPool<int>.Shared.Return(positions);
    }

    /// <summary>Positions grow by repeated float64 addition, as in Pillow's ImagingScaleAffine.</summary>
    private static void FillPositions(Span<int> positions, float from, float to, int inputSize)
    {
        var step = ((double)to - from) / positions.Length;
        var position = from + (step * 0.5);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = Math.Clamp((int)position, 0, inputSize - 1);
            position += step;
        }
    }
}
