using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed;

/// <summary>
/// Small files that ask for much: what the plain kernels refuse, the compiled engine refuses in the same way, by naming the node; where the plain
/// kernels give a result, it gives the same, and neither takes memory for what is not there.
/// </summary>
public class HostileGraphTests
{
    private static readonly TensorShape s_small = new(1, 4, 5, 1);

    public static TheoryData<string> TooLarge => ["pad and convolve", "pad", "broadcast product", "broadcast sum", "convolution and broadcast sum", "resize", "concat", "convolution", "depthwise"];

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void TensorsThatAreTooLarge_AreRefusedByName(string what)
    {
        var graph = new GraphBuilder().Node("x", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(PartialShape.Unknown)));
        var feed = Zeros(s_small);
        switch (what)
        {
            case "pad and convolve":
                Window(graph.Const("filter", Zeros(3, 3, 1, 1)).Const("pads", Margins(60_000)).Node("pad", "Pad", ["x", "pads"], Float, ("Tpaddings", AttributeValue.Of(DataType.Int32))), "y", "Conv2D", "pad", "VALID");
                break;
            case "pad":
                graph.Const("pads", Margins(60_000)).Node("y", "Pad", ["x", "pads"], Float, ("Tpaddings", AttributeValue.Of(DataType.Int32)));
                break;
            case "broadcast product":
                feed = Zeros(1 << 16, 1);
                graph.Const("row", Zeros(1 << 16)).Float("y", "Mul", "x", "row");
                break;
            case "broadcast sum":
                feed = Zeros(1 << 16, 1);
                graph.Const("column", Zeros(1 << 16)).Float("row", "Neg", "x").Const("order", Tensor.From(new TensorShape(2), new[] { 1, 0 }))
                    .Node("turned", "Transpose", ["row", "order"], Float, ("Tperm", AttributeValue.Of(DataType.Int32))).Float("y", "AddV2", "x", "turned");
                break;
            case "convolution and broadcast sum":
                feed = Zeros(1, 1, 1 << 15, 1);
                Window(graph.Const("filter", Zeros(1, 1, 1, 2)), "map", "Conv2D", "x", "SAME");
                graph.Const("order", Tensor.From(new TensorShape(4), new[] { 0, 2, 1, 3 })).Node("turned", "Transpose", ["x", "order"], Float, ("Tperm", AttributeValue.Of(DataType.Int32))).Float("y", "AddV2", "map", "turned");
                break;
            case "resize":
                graph.Const("size", Tensor.From(new TensorShape(2), new[] { 1 << 30, 1 << 30 })).Node("y", "ResizeBilinear", ["x", "size"], Float);
                break;
            case "concat":
                feed = Zeros(0, 1 << 28);
                graph.Const("axis", Tensor.From(TensorShape.Scalar, new[] { 1 }))
                    .Node("y", "ConcatV2", [.. Enumerable.Repeat("x", 9), "axis"], Float, ("N", AttributeValue.Of(9L)), ("Tidx", AttributeValue.Of(DataType.Int32)));
                break;
            case "convolution":
                feed = Zeros(1, 1 << 10, 1 << 10, 1);
                Window(graph.Const("filter", Zeros(1, 1, 1, 1 << 12)), "y", "Conv2D", "x", "SAME");
                break;
            default:
                feed = Zeros(1, 1 << 10, 1 << 10, 1);
                Window(graph.Const("filter", Zeros(1, 1, 1, 1 << 12)), "y", "DepthwiseConv2dNative", "x", "SAME");
                break;
        }

        foreach (var engine in new IGraphEngine[] { new ReferenceEngine(), new ManagedEngine() })
        {
            using var session = engine.Compile(graph.Build(), ["x"], ["y"]);
            Assert.Contains("node '", Assert.Throws<OperationException>(() => session.Run([feed])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Conv2D", 4096, 6000, 1, 1)]
    [InlineData("Conv2D", 1, 200, 5_000_000, 1)]
    [InlineData("Conv2D", 3, 3, 1, 16_000_000)]
    [InlineData("DepthwiseConv2dNative", 1, 200, 5_000_000, 1)]
    [InlineData("DepthwiseConv2dNative", 129, 200, 1, 1)]
    public void WindowsFarLargerThanTheMap_GiveWhatThePlainKernelsGive(string op, int height, int width, int dilation, int stride)
    {
        var filter = Tensor.From(new TensorShape(height, width, 1, 1), KernelNumbers.Random(height * width, 3));
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 1, 2, 1).Const("filter", filter)
            .Node("y", op, ["x", "filter"], Float, Longs("strides", 1, stride, stride, 1), Longs("dilations", 1, dilation, dilation, 1), ("padding", AttributeValue.Of("SAME"))).Build();
        AssertSame(graph, Tensor.From(new TensorShape(1, 1, 2, 1), KernelNumbers.Random(2, 5)));
    }

    [Theory]
    [InlineData("MaxPool")]
    [InlineData("AvgPool")]
    public void PoolsFarLargerThanTheMap_GiveWhatThePlainKernelsGive(string op)
    {
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 4, 5, 1)
            .Node("y", op, ["x"], Float, Longs("ksize", 1, 16_000_000, 3_000_000, 1), Longs("strides", 1, 1_000_000, 2, 1), ("padding", AttributeValue.Of("SAME"))).Build();
        AssertSame(graph, Tensor.From(s_small, KernelNumbers.Random(s_small.Count, 5)));
    }

    [Theory]
    [InlineData("Conv2D", 1L << 25, 1)]
    [InlineData("Conv2D", 1, 1L << 40)]
    [InlineData("Conv2D", 1, 0)]
    [InlineData("MaxPool", 1L << 25, 1)]
    [InlineData("AvgPool", 1, 1L << 25)]
    [InlineData("AvgPool", 1, 1L << 40)]
    public void AttributesBeyondAllMeasure_AreRefusedByBoth(string op, long stride, long size)
    {
        var attribute = op != "Conv2D" ? Longs("ksize", 1, size, 1, 1) : size == 0 ? Longs("dilations") : Longs("dilations", 1, size, 1, 1);
        string[] inputs = op == "Conv2D" ? ["x", "filter"] : ["x"];
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 4, 5, 1).Const("filter", Zeros(1, 1, 1, 1))
            .Node("y", op, inputs, Float, Longs("strides", 1, stride, 1, 1), attribute, ("padding", AttributeValue.Of("SAME"))).Build();
        AssertRefused(graph);
    }

    [Theory]
    [InlineData("Conv2D")]
    [InlineData("DepthwiseConv2dNative")]
    [InlineData("MaxPool")]
    public void ExplicitPaddingsBesideAnotherPadding_AreRefusedByBoth(string op)
    {
        string[] inputs = op == "MaxPool" ? ["x"] : ["x", "filter"];
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 4, 5, 1).Const("filter", Zeros(1, 1, 1, 1))
            .Node(
                "y", op, inputs, Float, Longs("ksize", 1, 1, 1, 1), Longs("strides", 1, 1, 1, 1), ("padding", AttributeValue.Of("VALID")), Longs("explicit_paddings", 0, 0, 1, 1, 1, 1, 0, 0)).Build();
        AssertRefused(graph);
    }

    [Fact]
    public void DepthwiseStridesThatDiffer_AreRefusedByBoth()
    {
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 4, 5, 1).Const("filter", Zeros(1, 1, 1, 1))
            .Node("y", "DepthwiseConv2dNative", ["x", "filter"], Float, Longs("strides", 1, 1, 2, 1), ("padding", AttributeValue.Of("SAME"))).Build();
        AssertRefused(graph);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void AnOperationThatTensorFlowRemoved_IsKnownInGraphsFromBeforeOnly(int producer, bool known)
    {
        var nodes = new GraphBuilder().Placeholder("x", DataType.Float32, 1, 4, 5, 1).Const("filter", Tensor.From(new TensorShape(1, 1, 1, 1), new[] { 2f })).Const("one", Tensor.From(new TensorShape(1), new[] { 1f }));
        Window(nodes, "map", "Conv2D", "x", "SAME");
        var graph = nodes.Node(
            "y", "BatchNormWithGlobalNormalization", ["map", "one", "one", "one", "one"], Float, ("variance_epsilon", AttributeValue.Of(0.001f)), ("scale_after_normalization", AttributeValue.Of(true))).Build();
        var dated = new Graph(graph.Nodes, [], producer, graph.Source);
        if (known)
        {
            AssertSame(dated, Tensor.From(s_small, KernelNumbers.Random(s_small.Count, 5)));
        }
        else
        {
            AssertRefused(dated);
        }
    }

    private static (string Name, AttributeValue Value) Float => ("T", AttributeValue.Of(DataType.Float32));

    private static (string Name, AttributeValue Value) Longs(string name, params long[] values) => (name, AttributeValue.Of([.. values.Select(AttributeValue.Of)]));

    private static void Window(GraphBuilder graph, string name, string op, string input, string padding) =>
        graph.Node(name, op, [input, "filter"], Float, Longs("strides", 1, 1, 1, 1), ("padding", AttributeValue.Of(padding)));

    private static Tensor Zeros(params int[] extents) => Zeros(new TensorShape(extents));

    private static Tensor Zeros(TensorShape shape) => Tensor.Zeros(DataType.Float32, shape);

    private static Tensor Margins(int margin) => Tensor.From(new TensorShape(4, 2), new[] { 0, 0, margin, margin, margin, margin, 0, 0 });

    private static void AssertSame(Graph graph, Tensor feed)
    {
        using var plain = new ReferenceEngine().Compile(graph, ["x"], ["y"]);
        using var compiled = new ManagedEngine().Compile(graph, ["x"], ["y"]);
        var (want, got) = (plain.Run([feed])[0], compiled.Run([feed])[0]);
        Assert.Equal(want.Shape, got.Shape);
        Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static void AssertRefused(Graph graph)
    {
        foreach (var engine in new IGraphEngine[] { new ReferenceEngine(), new ManagedEngine() })
        {
            var refusal = Assert.Throws<OperationException>(() =>
            {
                using var session = engine.Compile(graph, ["x"], ["y"]);
                session.Run([Zeros(s_small)]);
            });
            Assert.Contains("node 'y'", refusal.Message, StringComparison.Ordinal);
        }
    }
}
