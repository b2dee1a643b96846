namespace MlTransfer.Features.Preprocessing;

/// <summary>Checks that sizes of a resizing fit the spans, once, at the public edge.</summary>
internal static class ResizeGeometry
{
    /// <summary>Throws when a size is below one or a span does not have exactly the elements the sizes ask for.</summary>
    public static void Check(int sourceLength, int height, int width, int channels, int destinationLength, int outputHeight, int outputWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputWidth, 1);
        if (sourceLength != (long)height * width * channels)
        {
            throw new ArgumentException($"An image of {height} x {width} x {channels} has {(long)height * width * channels} elements, got {sourceLength}.");
        }

        if (destinationLength != (long)outputHeight * outputWidth * channels)
        {
            throw new ArgumentException(
                $"A result of {outputHeight} x {outputWidth} x {channels} has {(long)outputHeight * outputWidth * channels} elements, the destination {destinationLength}.");
        }
    }
}
