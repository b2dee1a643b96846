using System.Buffers;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// TensorFlow's ResizeNearestNeighbor, bit for bit. Source: tensorflow/core/kernels/image/resize_nearest_neighbor_op.cc.
/// Stateless, hence thread-safe; scratch comes from a pool.
/// </summary>
public static class TensorFlowNearest
{
    /// <summary>Resizes one image of any element type and any number of channels.</summary>
    /// <typeparam name="T">Element type, kept.</typeparam>
    /// <param name="source">height × width × channels elements.</param>
    /// <param name="height">Input rows, at least 1.</param>
    /// <param name="width">Input columns, at least 1.</param>
    /// <param name="channels">Elements a pixel, at least 1.</param>
    /// <param name="destination">Receives outputHeight × outputWidth × channels elements.</param>
    /// <param name="outputHeight">Output rows, at least 1.</param>
    /// <param name="outputWidth">Output columns, at least 1.</param>
    /// <param name="mode">How coordinates are mapped.</param>
    /// <exception cref="ArgumentException">The sizes do not fit the spans.</exception>
    public static void Resize<T>(
        ReadOnlySpan<T> source, int height, int width, int channels, Span<T> destination, int outputHeight, int outputWidth, CoordinateMode mode)
        where T : unmanaged
    {
        ResizeGeometry.Check(source.Length, height, width, channels, destination.Length, outputHeight, outputWidth);
        var positions = ArrayPool<int>.Shared.Rent(outputWidth + outputHeight);
        var columns = positions.AsSpan(0, outputWidth);
        var rows = positions.AsSpan(outputWidth, outputHeight);
        FillPositions(columns, width, mode);
        FillPositions(rows, height, mode);
        NearestRows.Gather(source, width * channels, channels, columns, rows, destination);
        ArrayPool<int>.Shared.Return(positions);
    }

    internal static void FillPositions(Span<int> positions, int inputSize, CoordinateMode mode)
    {
        var scale = BilinearAxis.ScaleOf(inputSize, positions.Length, mode);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = PositionOf(i, scale, inputSize, mode);
        }
    }

    private static int PositionOf(int output, float scale, int inputSize, CoordinateMode mode)
    {
        var position = mode switch
        {
            CoordinateMode.HalfPixel => MathF.Floor((output + 0.5f) * scale),
            CoordinateMode.AlignCorners => MathF.Round(output * scale, MidpointRounding.AwayFromZero),
            _ => MathF.Floor(output * scale),
        };
        return Math.Clamp((int)position, 0, inputSize - 1);
    }
}
