using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Winograd;

/// <summary>Every scheme at every register width against the plain convolution.</summary>
public unsafe class WinogradKernelTests
{
    public static TheoryData<int, int, int[]> Cases
    {
        get
        {
            // batch, height, width, in, out, whether padded to the same size
            int[][] maps = [[1, 8, 8, 16, 32, 1], [2, 9, 11, 5, 19, 1], [3, 7, 10, 17, 3, 0], [1, 13, 7, 1, 1, 1], [1, 7, 7, 37, 33, 0], [2, 17, 9, 8, 50, 1]];
            var cases = new TheoryData<int, int, int[]>();
            foreach (var width in LaneWidths.All)
            {
                foreach (var scheme in Enum.GetValues<WinogradScheme>())
                {
                    foreach (var map in maps)
                    {
                        cases.Add((int)width, (int)scheme, map);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Winograd_KeepsTheBound(int width, int scheme, int[] map)
    {
        var shape = Shape((WinogradScheme)scheme, map);
        var input = KernelNumbers.Random(shape.Batch * shape.InHeight * shape.InWidth * shape.InChannels, 1);
        var weights = KernelNumbers.Random(shape.Products * shape.OutChannels, 2);
        var bias = KernelNumbers.Random(shape.OutChannels, 3);
        var addend = KernelNumbers.Random(shape.OutPixels * shape.OutChannels, 4);
        var bounds = WinogradBound.Of((WinogradScheme)scheme, shape, input, weights);
        foreach (var (gap, withAddend, low, high) in new[] { (0, false, float.NegativeInfinity, float.PositiveInfinity), (5, true, 0f, 1.5f) })
        {
            var want = new float[addend.Length];
            ConvolutionReference.Run(shape, input, weights, bias, withAddend ? addend : [], low, high, want);
            var got = Run((LaneWidth)width, (WinogradScheme)scheme, shape, input, weights, bias, withAddend ? addend : null, low, high, gap, threads: 1);
            for (var i = 0; i < want.Length; i++)
            {
                // Bias and addend are rounded in at the end; both lie within ±1.
                var bound = bounds[i] + (8 * Math.Pow(2, -24));
                Assert.True(Math.Abs((double)want[i] - got[i]) <= bound, $"element {i}: got {got[i]:R}, wanted {want[i]:R} ± {bound:R}");
            }

            Assert.Equal(got, Run((LaneWidth)width, (WinogradScheme)scheme, shape, input, weights, bias, withAddend ? addend : null, low, high, gap, threads: 3));
        }
    }

    [Fact]
    public void Winograd_DoesNotDependOnTheBatch()
    {
        foreach (var scheme in Enum.GetValues<WinogradScheme>())
        {
            var batch = Shape(scheme, [5, 9, 10, 40, 35, 1]);
            var one = batch with { Batch = 1 };
            var input = KernelNumbers.Random(batch.Batch * 9 * 10 * 40, 5);
            var weights = KernelNumbers.Random(batch.Products * batch.OutChannels, 6);
            var bias = KernelNumbers.Random(batch.OutChannels, 7);
            var together = Run(LaneWidths.Best, scheme, batch, input, weights, bias, null, 0, 9, 0, threads: 2);
            foreach (var image in Enumerable.Range(0, batch.Batch))
            {
                var alone = Run(LaneWidths.Best, scheme, one, [.. input.Skip(image * 3600).Take(3600)], weights, bias, null, 0, 9, 0, threads: 1);
                Assert.Equal(alone, together.AsSpan(image * alone.Length, alone.Length).ToArray());
            }
        }
    }

    [Fact]
    public void Choose_TakesWhatHasASchemeAndPays()
    {
        var shape = new ConvolutionShape(1, 16, 16, 64, 16, 16, 64, 3, 3, 1, 1, 1, 1, 1, 1);
        Assert.Equal(WinogradScheme.ThreeByThree, WinogradKernels.Choose(shape));
        Assert.Equal(WinogradScheme.ThreeByThree, WinogradKernels.Choose(shape with { Batch = 32 }));
        Assert.Null(WinogradKernels.Choose(shape with { StrideX = 2, OutWidth = 8 }));
        Assert.Null(WinogradKernels.Choose(shape with { DilationY = 2, PadTop = 2 }));
        Assert.Null(WinogradKernels.Choose(shape with { InChannels = 3 }));
        Assert.Null(WinogradKernels.Choose(shape with { KernelHeight = 1, KernelWidth = 1, PadTop = 0, PadLeft = 0 }));
        Assert.Null(WinogradKernels.Choose(shape with { InHeight = 2, OutHeight = 2 }));
        Assert.Equal(WinogradScheme.SevenAcross, WinogradKernels.Choose(shape with { InHeight = 1, OutHeight = 1, KernelHeight = 1, KernelWidth = 7, PadTop = 0, PadLeft = 3 }));
    }

    private static float[] Run(
        LaneWidth width, WinogradScheme scheme, ConvolutionShape shape, float[] input, float[] weights, float[] bias, float[]? addend, float low, float high, int gap, int threads)
    {
        var matrix = WeightMatrix.Of(weights, [], shape.Products, shape.OutChannels);
        using var filter = WinogradKernels.CreateFilter(scheme, matrix, bias, shape.InChannels, ConvolutionKernels.PanelWidth(width));
        FilterPreparation.Fill(filter);
        using var from = KernelMap.Of(input, shape.InChannels, gap);
        using var added = KernelMap.Of(addend ?? [], shape.OutChannels, gap + 1);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, gap, first: gap);
        using var pool = new WorkerPool(threads);
        var work = WinogradKernels.Create(width, scheme, shape, filter, low, high, threads);
        work.Input = from.View;
        work.Output = to.View;
        work.Addend = addend is null ? default : added.View;
        pool.Run(work, CancellationToken.None);
        return to.Read();
    }

    private static ConvolutionShape Shape(WinogradScheme scheme, int[] map)
    {
        var (kernelHeight, kernelWidth) = scheme switch
        {
            WinogradScheme.ThreeByThree => (3, 3),
            WinogradScheme.FiveByFive => (5, 5),
            WinogradScheme.ThreeAcross => (1, 3),
            WinogradScheme.ThreeDown => (3, 1),
            WinogradScheme.SevenAcross => (1, 7),
            _ => (7, 1),
        };
        var (top, left) = map[5] == 1 ? ((kernelHeight - 1) / 2, (kernelWidth - 1) / 2) : (0, 0);
        var (outHeight, outWidth) = (map[1] + (2 * top) - kernelHeight + 1, map[2] + (2 * left) - kernelWidth + 1);
        return new ConvolutionShape(map[0], map[1], map[2], map[3], outHeight, outWidth, map[4], kernelHeight, kernelWidth, 1, 1, 1, 1, top, left);
    }
}
