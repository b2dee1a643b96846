using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Quantized;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Quantized;

/// <summary>Convolution in bytes: every width gives the bits of the scalar form, which keeps the stated bound against the plain convolution.</summary>
public unsafe class QuantizedKernelTests
{
    // batch, height, width, in, out, window, stride
    public static TheoryData<int[]> Shapes => [[1, 5, 7, 16, 16, 1, 1], [2, 9, 8, 37, 45, 1, 1], [1, 9, 9, 20, 33, 3, 2], [3, 4, 4, 64, 80, 3, 1], [1, 1, 1, 300, 70, 1, 1], [2, 7, 5, 33, 24, 1, 2]];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Quantized_KeepsTheBoundAtEveryWidth(int[] n)
    {
        var shape = Shape(n);
        var input = KernelNumbers.Random(shape.Batch * shape.InHeight * shape.InWidth * shape.InChannels, 1);
        var weights = KernelNumbers.Random(shape.Products * shape.OutChannels, 2);
        var bias = KernelNumbers.Random(shape.OutChannels, 3);
        var addend = KernelNumbers.Random(shape.OutPixels * shape.OutChannels, 4);
        var want = new float[addend.Length];
        ConvolutionReference.Run(shape, input, weights, bias, addend, -2, 2, want);
        var scalar = Run(LaneWidth.Scalar, shape, input, weights, bias, addend, threads: 1);

        // |x|, |w| ≤ 1: s ≤ 2/127, v ≤ 1/127.
        var (s, v) = (2.0 / 127, 1.0 / 127);
        var bound = (shape.Products * ((v / 2) + (s / 2) + (v * s / 4))) + 1e-4;
        for (var i = 0; i < want.Length; i++)
        {
            Assert.InRange(scalar[i], want[i] - bound, want[i] + bound);
        }

        var noise = Math.Sqrt(want.Zip(scalar, (a, b) => Math.Pow((double)a - b, 2)).Average());
        Assert.InRange(noise, 0, 0.02 * Math.Sqrt(shape.Products));
        foreach (var width in LaneWidths.All)
        {
            Assert.Equal(scalar, Run(width, shape, input, weights, bias, addend, threads: 1));
            Assert.Equal(scalar, Run(width, shape, input, weights, bias, addend, threads: 3));
        }
    }

    [Fact]
    public void SumsOfTheLargestNumbers_DoNotOverflow()
    {
        var shape = Shape([1, 1, 12, 256, 32, 1, 1]);
        var input = new float[shape.InWidth * shape.InChannels];
        for (var i = 0; i < input.Length; i++)
        {
            input[i] = i % shape.InChannels == 0 ? 0 : 1;
        }

        var weights = new float[shape.Products * shape.OutChannels];
        Array.Fill(weights, -1);
        foreach (var width in LaneWidths.All)
        {
            Assert.All(Run(width, shape, input, weights, new float[shape.OutChannels], null, 1, -1e9f), value => Assert.Equal(-255, value, 0.01f));
        }
    }

    [Fact]
    public void WindowsWhoseSumsMightOverflow_AreLeftToFloats()
    {
        Assert.True(QuantizedKernels.Pays(Shape([1, 1, 12, 133_000, 32, 1, 1])));
        Assert.False(QuantizedKernels.Pays(Shape([1, 1, 12, 133_200, 32, 1, 1])));
        Assert.False(QuantizedKernels.Pays(Shape([1, 9, 9, 16_384, 32, 3, 1])));
    }

    private static ConvolutionShape Shape(int[] n)
    {
        var pad = n[5] / 2;
        return new ConvolutionShape(n[0], n[1], n[2], n[3], ((n[1] - 1) / n[6]) + 1, ((n[2] - 1) / n[6]) + 1, n[4], n[5], n[5], n[6], n[6], 1, 1, pad, pad);
    }

    private static float[] Run(LaneWidth width, ConvolutionShape shape, float[] input, float[] weights, float[] bias, float[]? addend, int threads, float low = -2)
    {
        using var filter = new QuantizedFilter(WeightMatrix.Of(weights, [], shape.Products, shape.OutChannels), bias, QuantizedKernels.PanelWidth(width));
        FilterPreparation.Fill(filter);
        using var zeros = NativeBuffer.OfZeros(shape.InChannels);
        using var from = KernelMap.Of(input, shape.InChannels, 3);
        using var added = KernelMap.Of(addend ?? [], shape.OutChannels, 1);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, 2, first: 2);
        using var pool = new WorkerPool(threads);
        var work = QuantizedKernels.Create(width, shape, filter, zeros.Floats, low, 2, threads);
        work.Input = from.View;
        work.Output = to.View;
        work.Addend = addend is null ? default : added.View;
        pool.Run(work, CancellationToken.None);
        return to.Read();
    }
}
