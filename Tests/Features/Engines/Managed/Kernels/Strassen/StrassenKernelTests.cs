using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Strassen;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Strassen;

/// <summary>A step of Strassen's algorithm at every register width against the plain convolution.</summary>
public class StrassenKernelTests
{
    public static TheoryData<string, int, int[]> Cases
    {
        get
        {
            // batch, height, width, in, out, stride y, stride x
            (string Name, int[] Numbers)[] shapes =
            [
                ("pairs alone", [2, 6, 8, 24, 64, 1, 1]),
                ("pairs of all widths and a rest", [1, 5, 5, 34, 150, 1, 1]),
                ("rest of a full panel and one that is not", [1, 4, 7, 18, 127, 1, 1]),
                ("rest alone", [1, 3, 5, 6, 3, 1, 1]),
                ("one pixel", [3, 1, 1, 10, 70, 1, 1]),
                ("an odd number of pixels, images that share a tile", [5, 3, 3, 8, 65, 1, 1]),
                ("two channels", [1, 7, 7, 2, 64, 1, 1]),
                ("strides", [2, 9, 8, 12, 64, 2, 3]),
                ("several blocks", [1, 30, 31, 258, 96, 1, 1]),
                ("many channels", [1, 5, 6, 700, 128, 1, 1]),
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
    public void Strassen_KeepsTheBound(string name, int width, int[] numbers)
    {
        Assert.NotEmpty(name);
        var shape = Shape(numbers);
        var (input, weights, bias) = Numbers(shape);
        var addend = KernelNumbers.Random(shape.OutPixels * shape.OutChannels, 4);
        foreach (var (gap, given, low, high) in new[] { (0, null, float.NegativeInfinity, float.PositiveInfinity), (5, addend, 0f, 1.5f) })
        {
            var want = new float[addend.Length];
            ConvolutionReference.Run(shape, input, weights, bias, given ?? [], low, high, want);
            var bounds = StrassenBound.Of(shape, input, weights, bias, given, ConvolutionKernels.PanelWidth((LaneWidth)width));
            var got = Run((LaneWidth)width, shape, input, weights, bias, given, low, high, gap, threads: 1);
            for (var i = 0; i < want.Length; i++)
            {
                Assert.True(Math.Abs((double)want[i] - got[i]) <= bounds[i], $"element {i}: got {got[i]:R}, wanted {want[i]:R} ± {bounds[i]:R}");
            }

            Assert.Equal(got, Run((LaneWidth)width, shape, input, weights, bias, given, low, high, gap, threads: 3));
        }
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(5, 10)]
    public void AnImage_GivesTheSameBitsAloneAndAmongOthers(int height, int width)
    {
        const int images = 5;
        var shape = Shape([images, height, width, 40, 70, 1, 1]);
        var (input, weights, bias) = Numbers(shape);
        foreach (var lanes in LaneWidths.All)
        {
            var together = Run(lanes, shape, input, weights, bias, null, 0, 2, 0, threads: 2);
            var (inFloats, outFloats) = (input.Length / images, together.Length / images);
            for (var image = 0; image < images; image++)
            {
                var alone = Run(lanes, shape with { Batch = 1 }, input[(image * inFloats)..((image + 1) * inFloats)], weights, bias, null, 0, 2, 0, threads: 1);
                Assert.Equal(together[(image * outFloats)..((image + 1) * outFloats)], alone);
            }
        }
    }

    [Fact]
    public void Weights_AreReadFromCodesAsFromFloats()
    {
        var shape = Shape([1, 5, 5, 32, 100, 1, 1]);
        var (input, _, bias) = Numbers(shape);
        var values = KernelNumbers.Random(256, 5);
        var codes = new byte[shape.Products * shape.OutChannels];
        new Random(6).NextBytes(codes);
        var scale = KernelNumbers.Random(shape.OutChannels, 7);
        var floats = WeightMatrix.Of(Array.ConvertAll(codes, code => values[code]), scale, shape.Products, shape.OutChannels);
        var coded = new CodedTensor(new Tensors.TensorShape(shape.Products, shape.OutChannels), codes, values);
        var bytes = WeightMatrix.Of(new ConstantWeights(coded, coded.Decode), scale, shape.Products, shape.OutChannels);
        Assert.Equal(
            Run(LaneWidths.Best, shape, input, floats, bias, null, 0, 9, 0, threads: 1),
            Run(LaneWidths.Best, shape, input, bytes, bias, null, 0, 9, 0, threads: 1));
    }

    [Fact]
    public void Pays_DependsOnTheImageAndNotOnTheBatch()
    {
        var shape = Shape([1, 14, 14, 512, 512, 1, 1]);
        foreach (var width in LaneWidths.All)
        {
            Assert.True(StrassenKernels.Pays(width, shape));
            Assert.True(StrassenKernels.Pays(width, shape with { Batch = 64 }));
            Assert.False(StrassenKernels.Pays(width, shape with { InChannels = 511 }));
            Assert.False(StrassenKernels.Pays(width, shape with { KernelWidth = 3 }));
            Assert.False(StrassenKernels.Pays(width, shape with { PadLeft = 1 }));
            Assert.False(StrassenKernels.Pays(width, shape with { OutWidth = 15 }));
            Assert.False(StrassenKernels.Pays(width, shape with { OutChannels = 7 }));
            Assert.False(StrassenKernels.Pays(width, shape with { InHeight = 1, InWidth = 1, OutHeight = 1, OutWidth = 1, Batch = 64 }));
        }
    }

    private static (float[] Input, float[] Weights, float[] Bias) Numbers(ConvolutionShape shape) =>
        (KernelNumbers.Random(shape.Batch * shape.InHeight * shape.InWidth * shape.InChannels, 1), KernelNumbers.Random(shape.Products * shape.OutChannels, 2), KernelNumbers.Random(shape.OutChannels, 3));

    private static float[] Run(
        LaneWidth width, ConvolutionShape shape, float[] input, float[] weights, float[] bias, float[]? addend, float low, float high, int gap, int threads) =>
        Run(width, shape, input, WeightMatrix.Of(weights, [], shape.Products, shape.OutChannels), bias, addend, low, high, gap, threads);

    private static float[] Run(
        LaneWidth width, ConvolutionShape shape, float[] input, WeightMatrix weights, float[] bias, float[]? addend, float low, float high, int gap, int threads)
    {
        using var filter = new StrassenFilter(weights, bias, ConvolutionKernels.PanelWidth(width));
        FilterPreparation.Fill(filter);
        using var from = KernelMap.Of(input, shape.InChannels, gap);
        using var added = KernelMap.Of(addend ?? [], shape.OutChannels, gap + 1);
        using var to = new KernelMap(shape.OutPixels, shape.OutChannels, gap, first: gap);
        using var pool = new WorkerPool(threads);
        var work = StrassenKernels.Create(width, shape, filter, low, high, threads);
        work.Input = from.View;
        work.Output = to.View;
        work.Addend = addend is null ? default : added.View;
        pool.Run(work, CancellationToken.None);
        return to.Read();
    }

    private static ConvolutionShape Shape(int[] n) =>
        new(n[0], n[1], n[2], n[3], ((n[1] - 1) / n[5]) + 1, ((n[2] - 1) / n[6]) + 1, n[4], 1, 1, n[5], n[6], 1, 1, 0, 0);
}
