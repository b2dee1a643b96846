using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Depthwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Depthwise;

/// <summary>Depthwise convolution at every register width against the plain form.</summary>
public class DepthwiseKernelTests
{
    public static TheoryData<int, int, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, int, int, int>();
            foreach (var width in LaneWidths.All)
            {
                foreach (var (channels, multiplier, stride, dilation) in new[] { (35, 1, 1, 1), (16, 1, 2, 1), (24, 1, 1, 1), (3, 8, 2, 1), (9, 1, 1, 2), (64, 1, 2, 2), (1, 1, 3, 1) })
                {
                    cases.Add((int)width, channels, multiplier, stride, dilation);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Depthwise_KeepsTheBound(int width, int channels, int multiplier, int stride, int dilation)
    {
        var reach = 2 * dilation;
        var shape = new ConvolutionShape(
            2, 8, 7, channels, ((8 + reach - (2 * dilation) - 1) / stride) + 1, ((7 + reach - (2 * dilation) - 1) / stride) + 1, channels * multiplier, 3, 3, stride, stride, dilation, dilation, dilation, dilation);
        var input = KernelNumbers.Random(2 * 8 * 7 * channels, 1);
        var weights = KernelNumbers.Random(9 * shape.OutChannels, 2);
        var bias = KernelNumbers.Random(shape.OutChannels, 3);
        var want = new float[shape.OutPixels * shape.OutChannels];
        var magnitudes = new float[want.Length];
        DepthwiseReference.Run(shape, input, weights, bias, multiplier, 0, 6, want);
        DepthwiseReference.Run(
            shape, Array.ConvertAll(input, Math.Abs), Array.ConvertAll(weights, Math.Abs), Array.ConvertAll(bias, Math.Abs), multiplier, 0, float.PositiveInfinity, magnitudes);
        using var filter = new DepthwiseFilter(weights, [], bias, multiplier, shape.OutChannels);
        using var from = KernelMap.Of(input, channels, 3);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, 2, 1);
        using var pool = new WorkerPool(2);
        var work = DepthwiseWork.Create((LaneWidth)width, shape, filter, 0, 6);
        (work.Input, work.Output) = (from.View, to.View);
        pool.Run(work, CancellationToken.None);
        KernelNumbers.AssertWithinBound(want, to.Read(), magnitudes, 9);
    }
}
