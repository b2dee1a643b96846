using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Pooling;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Pooling;

/// <summary>Pooling at every register width against the plain form and against one another.</summary>
public class PoolingKernelTests
{
    public static TheoryData<bool, int, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<bool, int, int, int, int>();
            foreach (var average in new[] { false, true })
            {
                foreach (var (channels, kernel, stride, pad) in new[] { (37, 3, 2, 0), (16, 3, 1, 1), (5, 2, 3, 0), (1, 5, 1, 2) })
                {
                    cases.Add(average, channels, kernel, stride, pad);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pooling_AgreesAtEveryWidth(bool average, int channels, int kernel, int stride, int pad)
    {
        var (outHeight, outWidth) = (((9 + (2 * pad) - kernel) / stride) + 1, ((8 + (2 * pad) - kernel) / stride) + 1);
        var shape = new ConvolutionShape(2, 9, 8, channels, outHeight, outWidth, channels, kernel, kernel, stride, stride, 1, 1, pad, pad);
        var input = KernelNumbers.Random(2 * 9 * 8 * channels, 1);
        var want = new float[shape.OutPixels * channels];
        PoolingReference.Run(shape, input, average, want);
        var results = LaneWidths.All.Select(width => Run(width, shape, input, average)).ToArray();
        Assert.All(results, result => Assert.Equal(results[0], result));
        for (var i = 0; i < want.Length; i++)
        {
            Assert.InRange(results[0][i], want[i] - (average ? 1e-6f : 0), want[i] + (average ? 1e-6f : 0));
        }
    }

    private static float[] Run(LaneWidth width, ConvolutionShape shape, float[] input, bool average)
    {
        using var from = KernelMap.Of(input, shape.InChannels, 3);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, 2, 1);
        using var pool = new WorkerPool(2);
        var work = PoolingWork.Create(width, shape, average);
        (work.Input, work.Output) = (from.View, to.View);
        pool.Run(work, CancellationToken.None);
        return to.Read();
    }
}
