namespace MlTransfer.Features.Preprocessing;

/// <summary>Applies a <see cref="PixelScaling"/> in place. Stateless, hence thread-safe; allocates nothing.</summary>
public static class PixelScaler
{
    /// <summary>Scales one image or a batch of images of three interleaved channels (NHWC).</summary>
    /// <param name="scaling">What to do; statistics, where it needs them, are taken over all of <paramref name="samples"/>, so pass one image then.</param>
    /// <param name="samples">Float32 samples, 0…255, RGB; a multiple of three of them.</param>
    /// <exception cref="ArgumentException">The number of samples is not a multiple of three.</exception>
    public static void Apply(PixelScaling scaling, Span<float> samples)
    {
        if (samples.Length % 3 != 0)
        {
            throw new ArgumentException($"{samples.Length} samples are not whole RGB pixels.", nameof(samples));
        }

        (PixelFormula.Of(scaling) ?? OfStatistics(scaling, samples))?.Apply(samples);
    }

    /// <summary>Scales one image whose channels are planes one after the other (CHW).</summary>
    /// <param name="scaling">What to do.</param>
    /// <param name="samples">Float32 samples, 0…255: the red, the green and the blue plane.</param>
    /// <exception cref="ArgumentException">The number of samples is not a multiple of three.</exception>
    public static void ApplyChannelsFirst(PixelScaling scaling, Span<float> samples)
    {
        if (samples.Length % 3 != 0)
        {
            throw new ArgumentException($"{samples.Length} samples are not three planes.", nameof(samples));
        }

        var formula = PixelFormula.Of(scaling) ?? OfStatistics(scaling, samples);
        if (formula is null)
        {
            return;
        }

        var plane = samples.Length / 3;
        if (formula.SwapsRedAndBlue)
        {
            var red = samples[..plane];
            var blue = samples[(2 * plane)..];
            for (var i = 0; i < plane; i++)
            {
                (red[i], blue[i]) = (blue[i], red[i]);
            }
        }

        for (var channel = 0; channel < 3; channel++)
        {
            formula.ApplyPlane(samples.Slice(channel * plane, plane), channel);
        }
    }

    /// <summary>The step at the end of tf.image.convert_image_dtype(float → uint8, saturate=True): ⌊x × 255.5⌋ within 0…255; NaN gives 0.</summary>
    /// <param name="samples">Float32 samples, nominally 0…1.</param>
    /// <param name="bytes">Receives as many bytes.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToBytesSaturating(ReadOnlySpan<float> samples, Span<byte> bytes)
    {
        if (samples.Length != bytes.Length)
        {
            throw new ArgumentException($"{samples.Length} samples do not fit {bytes.Length} bytes.", nameof(bytes));
        }

        for (var i = 0; i < samples.Length; i++)
        {
            var scaled = samples[i] * 255.5f;
            bytes[i] = scaled >= 255f ? (byte)255 : scaled > 0f ? (byte)scaled : (byte)0;
        }
    }

    private static PixelFormula? OfStatistics(PixelScaling scaling, ReadOnlySpan<float> samples)
    {
        if (scaling != PixelScaling.PerImageStandardization || samples.IsEmpty)
        {
            return null;
        }

        double sum = 0;
        foreach (var sample in samples)
        {
            sum += sample;
        }

        var mean = sum / samples.Length;
        double squares = 0;
        foreach (var sample in samples)
        {
            squares += (sample - mean) * (sample - mean);
        }

        var deviation = Math.Max(Math.Sqrt(squares / samples.Length), 1 / Math.Sqrt(samples.Length));
        return PixelFormula.Standardization((float)mean, (float)deviation);
    }
}
