using System.Buffers;
using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Preprocessing;

/// <summary>Resizes RGB pictures to float32 by any <see cref="ResizeMethod"/>. Stateless, hence thread-safe; scratch comes from a pool.</summary>
public static class ImageResizer
{
    /// <summary>Resizes a picture; the numbers stay 0…255.</summary>
    /// <param name="image">An RGB picture (3 channels).</param>
    /// <param name="width">Width of the result, at least 1.</param>
    /// <param name="height">Height of the result, at least 1.</param>
    /// <param name="method">How.</param>
    /// <param name="destination">Receives height × width × 3 numbers, row by row.</param>
    /// <exception cref="ArgumentException">The picture is not RGB or the sizes do not fit.</exception>
    public static void Resize(ImageBuffer image, int width, int height, ResizeMethod method, Span<float> destination) =>
        Resize(image, width, height, method, destination, default(NoRowTransform));

    /// <summary>The same with a step applied to each finished row.</summary>
    internal static void Resize<TRow>(ImageBuffer image, int width, int height, ResizeMethod method, Span<float> destination, TRow transform)
        where TRow : struct, IRowTransform
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Channels != 3)
        {
            throw new ArgumentException($"The picture has {image.Channels} channels; 3 (RGB) are needed.", nameof(image));
        }

        ResizeGeometry.Check(image.Samples.Length, image.Height, image.Width, 3, destination.Length, height, width);
        if (Bilinear(method) is { } bilinear)
        {
            TensorFlowBilinear.ResizeRgb(image.Samples, image.Height, image.Width, destination, height, width, bilinear, transform);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(destination.Length);
        var resized = bytes.AsSpan(0, destination.Length);
        if (Nearest(method) is { } nearest)
        {
            TensorFlowNearest.Resize(image.Samples, image.Height, image.Width, 3, resized, height, width, nearest);
        }
        else
        {
            PillowResizer.Resize(image, width, height, FilterOf(method), ResizeBox.Whole(image.Width, image.Height), resized);
        }

        var row = width * 3;
        for (var y = 0; y < height; y++)
        {
            var output = destination.Slice(y * row, row);
            BilinearRows.ConvertBytes(resized.Slice(y * row, row), output);
            transform.Apply(output);
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static CoordinateMode? Bilinear(ResizeMethod method) => method switch
    {
        ResizeMethod.TensorFlowLegacyBilinear => CoordinateMode.Legacy,
        ResizeMethod.TensorFlowHalfPixelBilinear => CoordinateMode.HalfPixel,
        ResizeMethod.TensorFlowAlignCornersBilinear => CoordinateMode.AlignCorners,
        _ => null,
    };

    private static CoordinateMode? Nearest(ResizeMethod method) => method switch
    {
        ResizeMethod.TensorFlowLegacyNearest => CoordinateMode.Legacy,
        ResizeMethod.TensorFlowHalfPixelNearest => CoordinateMode.HalfPixel,
        ResizeMethod.TensorFlowAlignCornersNearest => CoordinateMode.AlignCorners,
        _ => null,
    };

    private static PillowFilter FilterOf(ResizeMethod method) => method switch
    {
        ResizeMethod.PillowNearest => PillowFilter.Nearest,
        ResizeMethod.PillowBilinear => PillowFilter.Bilinear,
        ResizeMethod.PillowBox => PillowFilter.Box,
        ResizeMethod.PillowHamming => PillowFilter.Hamming,
        ResizeMethod.PillowBicubic => PillowFilter.Bicubic,
        ResizeMethod.PillowLanczos => PillowFilter.Lanczos,
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No resize method has this number."),
    };
}
