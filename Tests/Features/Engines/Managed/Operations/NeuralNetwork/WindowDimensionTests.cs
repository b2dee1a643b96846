using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.NeuralNetwork;

public class WindowDimensionTests
{
    private static readonly OperationContext s_context =
        new(new GraphNode("y", "Conv2D", [], new Dictionary<string, AttributeValue>()), new Dictionary<string, AttributeValue>(), [], 0);

    [Theory]
    [InlineData(8, 3, 2, 1, 4, 0)] // an odd cell of padding goes after
    [InlineData(7, 3, 2, 1, 4, 1)]
    [InlineData(5, 3, 1, 1, 5, 1)]
    [InlineData(5, 3, 1, 2, 5, 2)]
    [InlineData(6, 4, 1, 1, 6, 1)]
    [InlineData(9, 2, 3, 1, 3, 0)] // a window that skips cells needs no padding
    [InlineData(2, 5, 1, 1, 2, 2)]
    public void Same_SplitsPaddingWithTheOddCellAfter(int input, int window, int stride, int dilation, int output, int before)
    {
        var dimension = WindowDimension.Of(s_context, input, window, stride, dilation, "SAME", 0, 0);
        Assert.Equal((output, before), (dimension.Output, dimension.Before));
    }

    [Theory]
    [InlineData(7, 3, 2, 1, 3)]
    [InlineData(8, 3, 2, 1, 3)]
    [InlineData(9, 3, 1, 3, 3)]
    [InlineData(2, 3, 1, 1, 0)]
    public void Valid_CountsWholeWindows(int input, int window, int stride, int dilation, int output)
    {
        var dimension = WindowDimension.Of(s_context, input, window, stride, dilation, "VALID", 0, 0);
        Assert.Equal((output, 0), (dimension.Output, dimension.Before));
    }

    [Fact]
    public void Valid_RefusesAWindowMuchLargerThanTheInput()
    {
        var error = Assert.Throws<OperationException>(() => WindowDimension.Of(s_context, 3, 5, 1, 1, "VALID", 0, 0));
        Assert.Equal(
            "node 'y' (Conv2D): the output would have -1 cells: the window spans 5 of an input of 3 cells with 0 + 0 of padding", error.Message);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(3, 0, 1)]
    [InlineData(3, 1, -1)]
    [InlineData(1L << 40, 1, 1)]
    public void WindowStrideAndDilation_MustBePositiveAndSmall(long window, long stride, long dilation) =>
        Assert.Throws<OperationException>(() => WindowDimension.Of(s_context, 3, window, stride, dilation, "SAME", 0, 0));
}
