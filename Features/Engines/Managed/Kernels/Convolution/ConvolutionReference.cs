namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>Convolution in its plain form, summed in double: what every tile is tested against.</summary>
internal static class ConvolutionReference
{
    /// <summary>Convolves.</summary>
    /// <param name="shape">Geometry.</param>
    /// <param name="input">[batch, inHeight, inWidth, inChannels].</param>
    /// <param name="weights">[kernelHeight, kernelWidth, inChannels, outChannels].</param>
    /// <param name="bias">[outChannels].</param>
    /// <param name="addend">[batch, outHeight, outWidth, outChannels], or empty.</param>
    /// <param name="low">Lower limit.</param>
    /// <param name="high">Upper limit.</param>
    /// <param name="output">[batch, outHeight, outWidth, outChannels].</param>
    public static void Run(
        ConvolutionShape shape, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> addend, float low, float high, Span<float> output)
    {
        for (var pixel = 0; pixel < shape.OutPixels; pixel++)
        {
            var image = pixel / (shape.OutHeight * shape.OutWidth);
            var y = pixel / shape.OutWidth % shape.OutHeight;
            var x = pixel % shape.OutWidth;
            for (var channel = 0; channel < shape.OutChannels; channel++)
            {
                double sum = bias[channel];
                for (var ky = 0; ky < shape.KernelHeight; ky++)
                {
                    for (var kx = 0; kx < shape.KernelWidth; kx++)
                    {
                        var inY = (y * shape.StrideY) - shape.PadTop + (ky * shape.DilationY);
                        var inX = (x * shape.StrideX) - shape.PadLeft + (kx * shape.DilationX);
                        if (inY < 0 || inY >= shape.InHeight || inX < 0 || inX >= shape.InWidth)
                        {
                            continue;
                        }

                        for (var c = 0; c < shape.InChannels; c++)
                        {
                            sum += (double)input[(((((image * shape.InHeight) + inY) * shape.InWidth) + inX) * shape.InChannels) + c]
                                * weights[(((((ky * shape.KernelWidth) + kx) * shape.InChannels) + c) * shape.OutChannels) + channel];
                        }
                    }
                }

                var at = (pixel * shape.OutChannels) + channel;
                output[at] = Math.Clamp((float)(sum + (addend.IsEmpty ? 0 : addend[at])), low, high);
            }
        }
    }
}
