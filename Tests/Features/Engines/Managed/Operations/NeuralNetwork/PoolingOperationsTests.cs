using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.NeuralNetwork;

public class PoolingOperationsTests
{
    [Fact]
    public void AvgPool_Same_DividesByTheCellsInside()
    {
        var images = Tensor.From(new TensorShape(1, 1, 3, 1), new float[] { 3, 6, 9 });
        var result = OperationRunner.Run(
            "AvgPool", [images], T(DataType.Float32), Ints("ksize", 1, 3, 3, 1), Ints("strides", 1, 1, 1, 1), Of("padding", "SAME"));
        Assert.Equal([4.5f, 6, 7.5f], result.AsSpan<float>().ToArray());
    }

    [Fact]
    public void MaxPool_PaddingIsBelowEveryValue()
    {
        var images = Tensor.From(new TensorShape(1, 1, 2, 1), new sbyte[] { -128, -5 });
        var result = OperationRunner.Run(
            "MaxPool", [images], T(DataType.Int8), Ints("ksize", 1, 3, 3, 1), Ints("strides", 1, 1, 1, 1), Of("padding", "SAME"));
        Assert.Equal(new sbyte[] { -5, -5 }, result.AsSpan<sbyte>().ToArray());
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(0, 2, false)]
    [InlineData(2, 0, false)]
    public void MaxPool_ExplicitPaddingsMustBeSmallerThanTheWindow(int before, int after, bool legal)
    {
        var images = Tensor.From(new TensorShape(1, 1, 3, 1), new float[] { -3, -6, -9 });
        var run = () => OperationRunner.Run(
            "MaxPool", [images], T(DataType.Float32), Ints("ksize", 1, 1, 2, 1), Ints("strides", 1, 1, 2, 1), Of("padding", "EXPLICIT"), Ints("explicit_paddings", 0, 0, 0, 0, before, after, 0, 0));
        if (legal)
        {
            Assert.All(run().AsSpan<float>().ToArray(), value => Assert.True(float.IsFinite(value)));
        }
        else
        {
            Assert.Contains("explicit_paddings", Assert.Throws<OperationException>(run).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void MaxPool_OverChannels_TakesTheLargestOfEachBlock()
    {
        var images = Tensor.From(new TensorShape(1, 1, 1, 6), new float[] { 1, 2, 9, 8, -4, -3 });
        var result = OperationRunner.Run(
            "MaxPool", [images], T(DataType.Float32), Ints("ksize", 1, 1, 1, 2), Ints("strides", 1, 1, 1, 2), Of("padding", "VALID"));
        Assert.Equal(new TensorShape(1, 1, 1, 3), result.Shape);
        Assert.Equal([2f, 9, -3], result.AsSpan<float>().ToArray());
    }

    [Fact]
    public void MaxPool_OverChannelsAndRows_IsRefused()
    {
        var images = Tensor.From(new TensorShape(1, 2, 2, 2), new float[8]);
        var error = Assert.Throws<OperationException>(() => OperationRunner.Run(
            "MaxPool", [images], T(DataType.Float32), Ints("ksize", 1, 2, 1, 2), Ints("strides", 1, 1, 1, 2), Of("padding", "VALID")));
        Assert.Contains("over channels together with rows or columns", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MaxPool_ChannelsFirst_IsTheTransposeOfChannelsLast()
    {
        var last = Tensor.From(new TensorShape(1, 2, 2, 2), new float[] { 1, 10, 2, 20, 3, 30, 4, 40 });
        var first = Tensor.From(new TensorShape(1, 2, 2, 2), new float[] { 1, 2, 3, 4, 10, 20, 30, 40 });
        var a = OperationRunner.Run("MaxPool", [last], T(DataType.Float32), Ints("ksize", 1, 2, 1, 1), Ints("strides", 1, 1, 1, 1), Of("padding", "VALID"));
        var b = OperationRunner.Run(
            "MaxPool", [first], T(DataType.Float32), Ints("ksize", 1, 1, 2, 1), Ints("strides", 1, 1, 1, 1), Of("padding", "VALID"), Of("data_format", "NCHW"));
        Assert.Equal([3f, 30, 4, 40], a.AsSpan<float>().ToArray());
        Assert.Equal([3f, 4, 30, 40], b.AsSpan<float>().ToArray());
    }
}
