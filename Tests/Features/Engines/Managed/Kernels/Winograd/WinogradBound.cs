using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Winograd;

/// <summary>
/// How far a Toom–Cook convolution may be from the exact one: (channels + 24) · 2⁻²⁴ · |Aᵀ| Σ (|G||w| ⊙ |Bᵀ||x|), a running error analysis in
/// which 24 stands for the roundings of both transforms and of the weights.
/// </summary>
internal static class WinogradBound
{
    private const int TransformRoundings = 24;

    public static double[] Of(WinogradScheme scheme, ConvolutionShape shape, float[] input, float[] weights) => scheme switch
    {
        WinogradScheme.ThreeByThree => Of<FourOfThree, FourOfThree>(shape, input, weights),
        WinogradScheme.FiveByFive => Of<FourOfFive, FourOfFive>(shape, input, weights),
        WinogradScheme.ThreeAcross => Of<FourOfThree>(shape, input, weights, across: true),
        WinogradScheme.ThreeDown => Of<FourOfThree>(shape, input, weights, across: false),
        WinogradScheme.SevenAcross => Of<ThreeOfSeven>(shape, input, weights, across: true),
        _ => Of<ThreeOfSeven>(shape, input, weights, across: false),
    };

    private static double[] Of<TRows, TColumns>(ConvolutionShape shape, float[] input, float[] weights)
        where TRows : IToomCook
        where TColumns : IToomCook => Of(shape, input, weights, ToomCookMatrices.Of<TRows>(), ToomCookMatrices.Of<TColumns>());

    private static double[] Of<TScheme>(ConvolutionShape shape, float[] input, float[] weights, bool across)
        where TScheme : IToomCook
    {
        var one = new ToomCookMatrices(new double[,] { { 1 } }, new double[,] { { 1 } }, new double[,] { { 1 } });
        var matrices = ToomCookMatrices.Of<TScheme>();
        return across ? Of(shape, input, weights, one, matrices) : Of(shape, input, weights, matrices, one);
    }

    private static double[] Of(ConvolutionShape shape, float[] input, float[] weights, ToomCookMatrices rows, ToomCookMatrices columns)
    {
        var bounds = new double[shape.OutPixels * shape.OutChannels];
        var (outRows, outColumns) = (rows.Output.GetLength(0), columns.Output.GetLength(0));
        var windows = new double[shape.InChannels, shape.OutChannels][,];
        for (var c = 0; c < shape.InChannels; c++)
        {
            for (var o = 0; o < shape.OutChannels; o++)
            {
                var window = new double[shape.KernelHeight, shape.KernelWidth];
                for (var tap = 0; tap < window.Length; tap++)
                {
                    window[tap / shape.KernelWidth, tap % shape.KernelWidth] = weights[(((tap * shape.InChannels) + c) * shape.OutChannels) + o];
                }

                windows[c, o] = ToomCookMatrices.Magnitudes(rows.Window, window, columns.Window);
            }
        }

        for (var image = 0; image < shape.Batch; image++)
        {
            for (var top = 0; top < shape.OutHeight; top += outRows)
            {
                for (var left = 0; left < shape.OutWidth; left += outColumns)
                {
                    var inputs = Inputs(shape, input, image, top - shape.PadTop, left - shape.PadLeft, rows, columns);
                    for (var o = 0; o < shape.OutChannels; o++)
                    {
                        var products = new double[rows.Input.GetLength(0), columns.Input.GetLength(0)];
                        for (var c = 0; c < shape.InChannels; c++)
                        {
                            for (var point = 0; point < products.Length; point++)
                            {
                                var (i, j) = (point / products.GetLength(1), point % products.GetLength(1));
                                products[i, j] += inputs[c][i, j] * windows[c, o][i, j];
                            }
                        }

                        var outputs = ToomCookMatrices.Magnitudes(rows.Output, products, columns.Output);
                        for (var y = 0; y < outRows && top + y < shape.OutHeight; y++)
                        {
                            for (var x = 0; x < outColumns && left + x < shape.OutWidth; x++)
                            {
                                var pixel = (((image * shape.OutHeight) + top + y) * shape.OutWidth) + left + x;
                                bounds[(pixel * shape.OutChannels) + o] = (shape.InChannels + TransformRoundings) * Math.Pow(2, -24) * outputs[y, x];
                            }
                        }
                    }
                }
            }
        }

        return bounds;
    }

    private static double[][,] Inputs(ConvolutionShape shape, float[] input, int image, int top, int left, ToomCookMatrices rows, ToomCookMatrices columns)
    {
        var result = new double[shape.InChannels][,];
        for (var c = 0; c < shape.InChannels; c++)
        {
            var values = new double[rows.Input.GetLength(0), columns.Input.GetLength(0)];
            for (var y = 0; y < values.GetLength(0); y++)
            {
                for (var x = 0; x < values.GetLength(1); x++)
                {
                    var inside = top + y >= 0 && top + y < shape.InHeight && left + x >= 0 && left + x < shape.InWidth;
                    values[y, x] = inside ? input[(((((image * shape.InHeight) + top + y) * shape.InWidth) + left + x) * shape.InChannels) + c] : 0;
                }
            }

            result[c] = ToomCookMatrices.Magnitudes(rows.Input, values, columns.Input);
        }

        return result;
    }
}
