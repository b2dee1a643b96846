namespace MlTransfer.Datasets.Images;

/// <summary>
/// A decoded picture: 8-bit samples, interleaved, row by row from the top left, no padding (height × width × channels).
/// </summary>
/// <remarks>Immutable by convention once a decoder has returned it, and then safe to read from any thread.</remarks>
public sealed class ImageBuffer
{
    /// <summary>Wraps samples that are already in height × width × channels order.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="channels">1 gray, 2 gray + alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="samples">Exactly width × height × channels samples; kept, not copied.</param>
    /// <exception cref="ArgumentException">The sizes are out of range or do not match <paramref name="samples"/>.</exception>
    public ImageBuffer(int width, int height, int channels, byte[] samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.LongLength != (long)width * height * channels)
        {
            throw new ArgumentException(
                $"{width} x {height} x {channels} needs {(long)width * height * channels} samples, got {samples.LongLength}.", nameof(samples));
        }

        Width = width;
        Height = height;
        Channels = channels;
        Samples = samples;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Samples a pixel: 1 gray, 2 gray + alpha, 3 RGB, 4 RGBA.</summary>
    public int Channels { get; }

    /// <summary>The samples, 0…255, at index (y × Width + x) × Channels + channel.</summary>
    public byte[] Samples { get; }
}
