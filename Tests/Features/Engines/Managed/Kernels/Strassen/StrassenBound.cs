using MlTransfer.Features.Engines.Managed.Kernels.Convolution;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Strassen;

/// <summary>
/// How far a step of Strassen's algorithm may be from the exact product: each output is the sum of at most four products whose factors are
/// sums of at most all four inputs and all four weights that meet, 4 · (channels + 16) · 2⁻²⁴ · Σ (a · w) with a and w the sums of their
/// magnitudes; 16 stands for the roundings of those sums, of the weights' and of the last additions.
/// </summary>
internal static class StrassenBound
{
    private const int SumRoundings = 16;

    public static double[] Of(ConvolutionShape shape, float[] input, float[] weights, float[] bias, float[]? addend, int panelWidth)
    {
        var bounds = new double[shape.OutPixels * shape.OutChannels];
        var pixels = shape.OutHeight * shape.OutWidth;
        var pairs = (pixels + 1) / 2;
        var half = shape.InChannels / 2;
        var paired = shape.OutChannels / (2 * panelWidth) * 2 * panelWidth;
        for (var i = 0; i < bounds.Length; i++)
        {
            var (pixel, channel) = (i / shape.OutChannels, i % shape.OutChannels);
            var (image, place) = (pixel / pixels, pixel % pixels);
            int[] places = [place, place < pairs ? Math.Min(place + pairs, pixels - 1) : place - pairs];
            int[] columns = channel >= paired ? [channel] : [channel, channel / panelWidth % 2 == 0 ? channel + panelWidth : channel - panelWidth];
            double sum = columns.Sum(column => Math.Abs(bias[column])) + (addend is null ? 0 : Math.Abs(addend[i]));
            for (var k = 0; k < half; k++)
            {
                double a = 0, w = 0;
                foreach (var row in new[] { k, k + half })
                {
                    a += places.Sum(at => Math.Abs(Input(shape, input, image, at, row)));
                    w += columns.Sum(column => Math.Abs(weights[(row * shape.OutChannels) + column]));
                }

                sum += a * w;
            }

            bounds[i] = 4.0 * (shape.InChannels + SumRoundings) * Math.Pow(2, -24) * sum;
        }

        return bounds;
    }

    private static float Input(ConvolutionShape shape, float[] input, int image, int place, int channel)
    {
        var (y, x) = (place / shape.OutWidth * shape.StrideY, place % shape.OutWidth * shape.StrideX);
        return input[(((((image * shape.InHeight) + y) * shape.InWidth) + x) * shape.InChannels) + channel];
    }
}
