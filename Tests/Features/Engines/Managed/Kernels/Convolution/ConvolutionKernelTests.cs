using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Convolution;

/// <summary>Every tile at every register width against the plain form.</summary>
public unsafe class ConvolutionKernelTests
{
    public static TheoryData<string, int, int[]> Cases
    {
        get
        {
            // batch, height, width, in, kernel height, kernel width, out, stride y, x, dilation y, x, pad top, left, bottom, right
            (string Name, int[] Numbers)[] shapes =
            [
                ("1x1", [2, 5, 7, 17, 1, 1, 33, 1, 1, 1, 1, 0, 0, 0, 0]),
                ("1x1 of one channel", [1, 3, 4, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]),
                ("3x3 same", [1, 9, 8, 5, 3, 3, 19, 1, 1, 1, 1, 1, 1, 1, 1]),
                ("3x3 valid merges columns", [3, 7, 9, 3, 3, 3, 32, 1, 1, 1, 1, 0, 0, 0, 0]),
                ("3x3 stride 2 same even", [2, 8, 6, 6, 3, 3, 16, 2, 2, 1, 1, 0, 0, 1, 1]),
                ("1x7", [1, 6, 9, 12, 1, 7, 40, 1, 1, 1, 1, 0, 3, 0, 3]),
                ("7x1", [1, 9, 6, 12, 7, 1, 31, 1, 1, 1, 1, 3, 0, 3, 0]),
                ("5x3 dilated", [1, 11, 13, 4, 5, 3, 9, 1, 1, 2, 3, 4, 3, 4, 3]),
                ("uneven strides and pads", [2, 7, 10, 2, 2, 4, 18, 3, 2, 1, 1, 0, 2, 1, 1]),
                ("kernel larger than the map", [1, 2, 3, 4, 5, 7, 3, 1, 1, 1, 1, 2, 3, 2, 3]),
                ("many products", [1, 2, 2, 300, 3, 3, 48, 1, 1, 1, 1, 1, 1, 1, 1]),
                ("matrix", [13, 1, 1, 77, 1, 1, 50, 1, 1, 1, 1, 0, 0, 0, 0]),
            ];
            var cases = new TheoryData<string, int, int[]>();
            foreach (var width in LaneWidths.All)
            {
                foreach (var (name, numbers) in shapes)
                {
                    cases.Add(name, (int)width, numbers);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convolution_KeepsTheBound(string name, int width, int[] numbers)
    {
        Assert.NotEmpty(name);
        var shape = Shape(numbers);
        var input = KernelNumbers.Random(shape.Batch * shape.InHeight * shape.InWidth * shape.InChannels, 1);
        var weights = KernelNumbers.Random(shape.Products * shape.OutChannels, 2);
        var bias = KernelNumbers.Random(shape.OutChannels, 3);
        var addend = KernelNumbers.Random(shape.OutPixels * shape.OutChannels, 4);
        foreach (var (gap, withAddend, low, high) in new[] { (0, false, float.NegativeInfinity, float.PositiveInfinity), (5, true, 0f, 1.5f) })
        {
            var want = new float[addend.Length];
            var magnitudes = new float[addend.Length];
            ConvolutionReference.Run(shape, input, weights, bias, withAddend ? addend : [], low, high, want);
            ConvolutionReference.Run(
                shape, Magnitudes(input), Magnitudes(weights), Magnitudes(bias), withAddend ? Magnitudes(addend) : [], float.NegativeInfinity, float.PositiveInfinity, magnitudes);
            var got = Run((LaneWidth)width, shape, input, weights, bias, withAddend ? addend : null, low, high, gap, threads: 1);
            KernelNumbers.AssertWithinBound(want, got, magnitudes, shape.Products);
            Assert.Equal(got, Run((LaneWidth)width, shape, input, weights, bias, withAddend ? addend : null, low, high, gap, threads: 3));
        }
    }

    private static float[] Run(
        LaneWidth width, ConvolutionShape shape, float[] input, float[] weights, float[] bias, float[]? addend, float low, float high, int gap, int threads)
    {
        using var filter = new PackedFilter(WeightMatrix.Of(weights, [], shape.Products, shape.OutChannels), bias, ConvolutionKernels.PanelWidth(width));
        FilterPreparation.Fill(filter);
        using var zeros = NativeBuffer.OfZeros(shape.InChannels);
        using var from = KernelMap.Of(input, shape.InChannels, gap);
        using var added = KernelMap.Of(addend ?? [], shape.OutChannels, gap + 1);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, gap, first: gap);
        using var pool = new WorkerPool(threads);
        var work = ConvolutionKernels.Create(width, shape, filter, zeros.Floats, low, high, threads);
        work.Input = from.View;
        work.Output = to.View;
        work.Addend = addend is null ? default : added.View;
        pool.Run(work, CancellationToken.None);
        return to.Read();
    }

    private static float[] Magnitudes(float[] values) => Array.ConvertAll(values, Math.Abs);

    private static ConvolutionShape Shape(int[] n)
    {
        var outHeight = ((n[1] + n[11] + n[13] - (((n[4] - 1) * n[9]) + 1)) / n[7]) + 1;
        var outWidth = ((n[2] + n[12] + n[14] - (((n[5] - 1) * n[10]) + 1)) / n[8]) + 1;
        return new ConvolutionShape(n[0], n[1], n[2], n[3], outHeight, outWidth, n[6], n[4], n[5], n[7], n[8], n[9], n[10], n[11], n[12]);
    }
}
