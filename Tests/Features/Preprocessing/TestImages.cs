using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Tests.Preprocessing;

internal static class TestImages
{
    public static ImageBuffer Noise(int width, int height, int channels, int seed)
    {
        var samples = new byte[width * height * channels];
        new Random(seed).NextBytes(samples);
        return new ImageBuffer(width, height, channels, samples);
    }
}
