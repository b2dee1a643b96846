using MlTransfer.Features.Engines.Managed.Kernels.Convolution;

namespace MlTransfer.Features.Engines.Managed.Kernels.Pooling;

/// <summary>Pooling in its plain form.</summary>
internal static class PoolingReference
{
    /// <summary>Pools maps without gaps; sums in double.</summary>
    public static void Run(ConvolutionShape shape, ReadOnlySpan<float> input, bool average, Span<float> output)
    {
        for (var at = 0; at < output.Length; at++)
        {
            var channel = at % shape.OutChannels;
            var x = at / shape.OutChannels % shape.OutWidth;
            var y = at / shape.OutChannels / shape.OutWidth % shape.OutHeight;
            var image = at / shape.OutChannels / shape.OutWidth / shape.OutHeight;
            var (sum, count, largest) = (0.0, 0, float.NegativeInfinity);
            for (var ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (var kx = 0; kx < shape.KernelWidth; kx++)
                {
                    var (inY, inX) = ((y * shape.StrideY) - shape.PadTop + ky, (x * shape.StrideX) - shape.PadLeft + kx);
                    if (inY >= 0 && inY < shape.InHeight && inX >= 0 && inX < shape.InWidth)
                    {
                        var value = input[(((((image * shape.InHeight) + inY) * shape.InWidth) + inX) * shape.InChannels) + channel];
                        (sum, count, largest) = (sum + value, count + 1, Math.Max(largest, value));
                    }
                }
            }

            output[at] = average ? (float)(sum / count) : largest;
        }
    }
}
