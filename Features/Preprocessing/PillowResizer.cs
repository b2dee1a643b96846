using System.Buffers;
using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// Pillow's Image.resize for 8-bit pictures, bit for bit: two passes (horizontal, then vertical) in 22-bit fixed point, each rounded to
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

        var channels = image.Channels;
        var horizontal = width != image.Width || part.Left != 0 || part.Right != width;
        var vertical = height != image.Height || part.Top != 0 || part.Bottom != height;
        var rows = PillowCoefficients.Compute(image.Height, part.Top, part.Bottom, height, filter);
        ReadOnlySpan<byte> source = image.Samples;
        byte[]? middle = null;
        var firstRow = 0;
        if (horizontal)
        {
            // Only the rows that the vertical pass will read.
            firstRow = vertical ? rows.First[0] : 0;
            var lastRow = vertical ? rows.First[^1] + rows.Count[^1] : image.Height;
            var columns = PillowCoefficients.Compute(image.Width, part.Left, part.Right, width, filter);
            var length = checked((lastRow - firstRow) * width * channels);
            middle = vertical ? ArrayPool<byte>.Shared.Rent(length) : null;
            var target = vertical ? middle.AsSpan(0, length) : destination;
            var inputRow = image.Width * channels;
            for (var y = firstRow; y < lastRow; y++)
            {
                PillowRows.Horizontal(source, y * inputRow, inputRow, channels, columns, target.Slice((y - firstRow) * width * channels, width * channels));
            }

            source = target;
        }

        if (vertical)
        {
            var rowLength = width * channels;
            for (var y = 0; y < height; y++)
            {
                PillowRows.Vertical(
                    source[((rows.First[y] - firstRow) * rowLength)..], rowLength, rows.WeightsOf(y), destination.Slice(y * rowLength, rowLength));
            }
        }
        else if (!horizontal)
        {
            source.CopyTo(destination);
        }

        if (middle is not null)
        {
            ArrayPool<byte>.Shared.Return(middle);
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
