using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.NeuralNetwork;

public class ConvolutionOperationsTests
{
    private static readonly (string Name, AttributeValue Value)[] s_unitStride = [T(DataType.Float32), Ints("strides", 1, 1, 1, 1), Of("padding", "VALID")];

    [Fact]
    public void Conv2D_Int32_Wraps()
    {
        var images = Tensor.From(new TensorShape(1, 1, 2, 1), new[] { int.MaxValue, 2 });
        var filter = Tensor.From(new TensorShape(1, 2, 1, 1), new[] { 2, 3 });
        var result = OperationRunner.Run("Conv2D", [images, filter], T(DataType.Int32), Ints("strides", 1, 1, 1, 1), Of("padding", "VALID"));
        Assert.Equal([4], result.AsSpan<int>().ToArray());
    }

    [Fact]
    public void Conv2D_Half_RoundsTheSumOnce()
    {
        // 2048 + 1 + 1 is 2048 if each addition is rounded to half, 2050 if the sum is.
        var images = Tensor.From(new TensorShape(1, 1, 3, 1), new[] { (Half)2048, (Half)1, (Half)1 });
        var filter = Tensor.From(new TensorShape(1, 3, 1, 1), new[] { Half.One, Half.One, Half.One });
        var result = OperationRunner.Run("Conv2D", [images, filter], T(DataType.Half), Ints("strides", 1, 1, 1, 1), Of("padding", "VALID"));
        Assert.Equal([(Half)2050], result.AsSpan<Half>().ToArray());
    }

    [Fact]
    public void Conv2DBackpropInput_IsTheTransposeOfConv2D()
    {
        // <conv(x), g> = <x, convᵀ(g)> for any x and g, strides, padding and dilation.
        var random = new Random(1);
        Tensor Any(params int[] extents) =>
            Tensor.From(new TensorShape(extents), Enumerable.Range(0, extents.Aggregate(1, (a, b) => a * b)).Select(_ => (double)random.Next(-9, 10)).ToArray());

        (string Name, AttributeValue Value)[] attributes =
            [T(DataType.Float64), Ints("strides", 1, 2, 3, 1), Of("padding", "SAME"), Ints("dilations", 1, 1, 1, 1)];
        var (x, filter) = (Any(2, 7, 8, 4), Any(3, 2, 2, 6));
        var forward = OperationRunner.Run("Conv2D", [x, filter], attributes);
        var gradient = Any(forward.Shape.ToArray());
        var back = OperationRunner.Run("Conv2DBackpropInput", [Tensor.From(new TensorShape(4), x.Shape.ToArray()), filter, gradient], attributes);
        Assert.Equal(Dot(forward, gradient), Dot(x, back));
    }

    [Fact]
    public void Conv2D_ChannelsThatDoNotFit_AreNamed()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "Conv2D", [Tensor.Zeros(DataType.Float32, new TensorShape(1, 4, 4, 3)), Tensor.Zeros(DataType.Float32, new TensorShape(1, 1, 4, 2))], s_unitStride));
        Assert.Equal(
            "node 'y' (Conv2D): images of 3 channels do not fit a filter of shape [1,1,4,2]: 3 must be a multiple of 4 and 2 of the number of groups",
            error.Message);
    }

    [Fact]
    public void Conv2D_StridesOverImages_AreRefused()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "Conv2D",
            [Tensor.Zeros(DataType.Float32, new TensorShape(1, 4, 4, 3)), Tensor.Zeros(DataType.Float32, new TensorShape(1, 1, 3, 2))],
            T(DataType.Float32),
            Ints("strides", 2, 1, 1, 1),
            Of("padding", "VALID")));
        Assert.Contains("strides [2,1,1,1] step over images or channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FusedConv2D_UnknownStep_IsNamed()
    {
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "_FusedConv2D",
            [Tensor.Zeros(DataType.Float32, new TensorShape(1, 1, 1, 1)), Tensor.Zeros(DataType.Float32, new TensorShape(1, 1, 1, 1))],
            [.. s_unitStride, Of("num_args", 0), Texts("fused_ops", "Wobble")]));
        Assert.Contains("fused_ops names 'Wobble'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FusedConv2D_PreluAfterBias_ScalesNegativesByChannel()
    {
        Tensor Vector(params float[] values) => Tensor.From(new TensorShape(values.Length), values);
        var result = OperationRunner.Run(
            "_FusedConv2D",
            [Tensor.From(new TensorShape(1, 1, 1, 1), new[] { 1f }), Tensor.From(new TensorShape(1, 1, 1, 2), new[] { 1f, 1f }), Vector(-3, 1), Vector(0.5f, 0.5f)],
            [.. s_unitStride, Of("num_args", 2), Texts("fused_ops", "BiasAdd", "Prelu")]);
        Assert.Equal([-1f, 2], result.AsSpan<float>().ToArray());
    }

    private static double Dot(Tensor a, Tensor b) => a.AsSpan<double>().ToArray().Zip(b.AsSpan<double>().ToArray(), (x, y) => x * y).Sum();
}
