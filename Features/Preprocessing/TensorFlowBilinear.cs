using System.Buffers;
using System.Numerics;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// TensorFlow's ResizeBilinear: float32, top = a + (b − a)·dx, bottom likewise, top + (bottom − top)·dy; bit for bit.
/// Source: tensorflow/core/kernels/image/resize_bilinear_op.cc. Stateless, hence thread-safe; scratch comes from a pool.
/// </summary>
public static class TensorFlowBilinear
{
    /// <summary>Resizes one image of any number of channels.</summary>
    /// <typeparam name="T">Element type of the input; each is converted to float32 first.</typeparam>
    /// <param name="source">height × width × channels elements.</param>
    /// <param name="height">Input rows, at least 1.</param>
    /// <param name="width">Input columns, at least 1.</param>
    /// <param name="channels">Elements a pixel, at least 1.</param>
    /// <param name="destination">Receives outputHeight × outputWidth × channels numbers.</param>
    /// <param name="outputHeight">Output rows, at least 1.</param>
    /// <param name="outputWidth">Output columns, at least 1.</param>
    /// <param name="mode">How coordinates are mapped.</param>
    /// <exception cref="ArgumentException">The sizes do not fit the spans.</exception>
    public static void Resize<T>(
        ReadOnlySpan<T> source, int height, int width, int channels, Span<float> destination, int outputHeight, int outputWidth, CoordinateMode mode)
        where T : unmanaged, INumberBase<T>
    {
        ResizeGeometry.Check(source.Length, height, width, channels, destination.Length, outputHeight, outputWidth);
        if (typeof(T) == typeof(byte) && channels == 3)
        {
            ResizeRgb(System.Runtime.InteropServices.MemoryMarshal.AsBytes(source), height, width, destination, outputHeight, outputWidth, mode, default(NoRowTransform));
            return;
        }

        if (height == outputHeight && width == outputWidth)
        {
            BilinearRows.Convert(source, destination);
            return;
        }

        var outputRow = outputWidth * channels;
        var inputRow = width * channels;
        var scratch = ArrayPool<float>.Shared.Rent((2 * outputRow) + inputRow);
        using var columns = new BilinearAxis(width, outputWidth, channels, mode);
        using var rows = new BilinearAxis(height, outputHeight, 1, mode);
        var converted = scratch.AsSpan(2 * outputRow, inputRow);
        var cache = new BilinearRowCache(scratch, outputRow);
        for (var y = 0; y < outputHeight; y++)
        {
            foreach (var wanted in (ReadOnlySpan<int>)[rows.Lower[y], rows.Upper[y]])
            {
                if (cache.Miss(wanted, rows.Lower[y], out var target))
                {
                    BilinearRows.Convert(source.Slice(wanted * inputRow, inputRow), converted);
                    BilinearRows.Stretch(converted, channels, columns, target);
                }
            }

            BilinearRows.Blend(cache.Row(rows.Lower[y]), cache.Row(rows.Upper[y]), rows.Weight[y], destination.Slice(y * outputRow, outputRow));
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    /// <summary>The same for 8-bit RGB, with a step applied to each finished row.</summary>
    internal static void ResizeRgb<TRow>(
        ReadOnlySpan<byte> source, int height, int width, Span<float> destination, int outputHeight, int outputWidth, CoordinateMode mode, TRow transform)
        where TRow : struct, IRowTransform
    {
        var outputRow = outputWidth * 3;
        var inputRow = width * 3;

        // The fourth lane of the last pixel's vector spills behind each row.
        var rowStride = outputRow + 1;
        var scratch = ArrayPool<float>.Shared.Rent(2 * rowStride);
        using var columns = new BilinearAxis(width, outputWidth, 3, mode);
        using var rows = new BilinearAxis(height, outputHeight, 1, mode);
        var cache = new BilinearRowCache(scratch, rowStride);
        for (var y = 0; y < outputHeight; y++)
        {
            var (lower, upper) = (rows.Lower[y], rows.Upper[y]);
            if (cache.Miss(lower, lower, out var top))
            {
                BilinearRows.StretchRgb(source, lower * inputRow, inputRow, columns, top);
            }

            if (cache.Miss(upper, lower, out var bottom))
            {
                BilinearRows.StretchRgb(source, upper * inputRow, inputRow, columns, bottom);
            }

            var output = destination.Slice(y * outputRow, outputRow);
            BilinearRows.Blend(cache.Row(lower)[..outputRow], cache.Row(upper)[..outputRow], rows.Weight[y], output);
            transform.Apply(output);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }
}
