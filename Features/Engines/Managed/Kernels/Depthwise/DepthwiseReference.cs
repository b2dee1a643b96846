using MlTransfer.Features.Engines.Managed.Kernels.Convolution;

namespace MlTransfer.Features.Engines.Managed.Kernels.Depthwise;

/// <summary>Depthwise convolution in its plain form, summed in double: what every width is tested against.</summary>
internal static class DepthwiseReference
{
    /// <summary>Convolves; arguments as for <see cref="DepthwiseFilter"/>, maps without gaps.</summary>
    public static void Run(
        ConvolutionShape shape, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int multiplier, float low, float high, Span<float> output)
    {
        for (var at = 0; at < output.Length; at++)
        {
            var channel = at % shape.OutChannels;
            var x = at / shape.OutChannels % shape.OutWidth;
            var y = at / shape.OutChannels / shape.OutWidth % shape.OutHeight;
            var image = at / shape.OutChannels / shape.OutWidth / shape.OutHeight;
            double sum = bias[channel];
            for (var ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (var kx = 0; kx < shape.KernelWidth; kx++)
                {
                    var inY = (y * shape.StrideY) - shape.PadTop + (ky * shape.DilationY);
                    var inX = (x * shape.StrideX) - shape.PadLeft + (kx * shape.DilationX);
                    if (inY >= 0 && inY < shape.InHeight && inX >= 0 && inX < shape.InWidth)
                    {
                        sum += (double)input[(((((image * shape.InHeight) + inY) * shape.InWidth) + inX) * shape.InChannels) + (channel / multiplier)]
                            * weights[(((ky * shape.KernelWidth) + kx) * shape.OutChannels) + channel];
                    }
                }
            }

            output[at] = Math.Clamp((float)sum, low, high);
        }
    }
}
