using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed.Binding;

public class GraphBinderTests
{
    [Fact]
    public void UnknownOperation_NamesNodeOpSimilarOnesAndWhyItIsNeeded()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("mine", "Idenity", "x").Float("mid", "Identity", "mine").Float("y", "Identity", "mid").Build();

        var fault = Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"]));

        Assert.Contains("test.pb", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'mine'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'Idenity' is not supported", fault.Message, StringComparison.Ordinal);
        Assert.Contains("similar ones that are: Identity", fault.Message, StringComparison.Ordinal);
        Assert.Contains("needed by mid → y", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownOperation_OffThePath_IsNotRequired()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("odd", "NoSuchOp", "x").Float("y", "Identity", "x").Build();

        var bound = GraphBinder.Bind(graph, ["x"], ["y"]);

        Assert.Equal(["x", "y"], bound.Nodes.Select(node => node.Name));
    }

    [Theory]
    [InlineData("Bottleneck", "head/bottleneck")]
    [InlineData("head/botleneck:0", "head/bottleneck")]
    [InlineData("model/head/bottleneck", "head/bottleneck")]
    [InlineData("botleneck", "head/bottleneck")]
    public void UnknownFetch_OffersTheNearestNames(string asked, string near)
    {
        var graph = new GraphBuilder().Placeholder("x").Float("head/bottleneck", "Identity", "x").Build();

        var fault = Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, ["x"], [asked]));

        Assert.Contains($"'{asked}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"nearest names are {near}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FeedThatIsNotThere_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("input").Float("y", "Identity", "input").Build();

        var fault = Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, ["inputs"], ["y"]));

        Assert.Contains("nearest names are input", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SameTensorFedTwice_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("y", "Identity", "x").Build();

        Assert.Contains("fed twice", Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, ["x", "x:0"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PlaceholderThatIsNotFed_IsNamedWithItsTypeAndShape()
    {
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, -1, 3).Float("y", "Identity", "x").Build();

        var fault = Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, [], ["y"]));

        Assert.Contains("node 'x': a value must be fed for this placeholder (float [?,3])", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EdgeOfAnotherType_NamesBoth()
    {
        var graph = new GraphBuilder().Placeholder("x", DataType.Int32, 2).Float("y", "Identity", "x").Build();

        var fault = Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"]));

        Assert.Contains("is int32; float is expected", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAttribute_IsNamed()
    {
        var graph = new GraphBuilder().Placeholder("x").Node("y", "Identity", ["x"]).Build();

        Assert.Contains("attribute 'T' is missing", Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AttributeOfAnotherKind_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Node("y", "Identity", ["x"], ("T", AttributeValue.Of(3L))).Build();

        Assert.Contains("holds Int; Type is expected", Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AttributeThatIsNotAllowed_ListsWhatIs()
    {
        var graph = new GraphBuilder().Placeholder("x").Const("p", Tensor.From(new TensorShape(0, 2), Array.Empty<int>()))
            .Node("y", "MirrorPad", ["x", "p"], ("T", AttributeValue.Of(DataType.Float32)), ("mode", AttributeValue.Of("WRAP"))).Build();

        var fault = Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"]));

        Assert.Contains("attribute 'mode' is 'WRAP'; supported are 'REFLECT', 'SYMMETRIC'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongNumberOfInputs_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("y", "Identity", "x", "x").Build();

        Assert.Contains("2 inputs are given; the operation takes 1", Assert.Throws<OperationException>(() => GraphBinder.Bind(graph, ["x"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutputThatDoesNotExist_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("a", "Identity", "x").Float("y", "Identity", "a:1").Build();

        Assert.Contains("'a:1' is asked for; node 'a' (Identity) has 1 output", Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, ["x"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InputFromNowhere_IsRefusedEvenOffThePath()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("y", "Identity", "x").Float("z", "Identity", "gone").Build();

        Assert.Contains("'gone', which is not in the graph", Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, ["x"], ["y"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cycle_IsSpelledOut()
    {
        var graph = new GraphBuilder().Float("a", "Identity", "c").Float("b", "Identity", "a").Float("c", "Identity", "b").Build();

        var fault = Assert.Throws<GraphFormatException>(() => GraphBinder.Bind(graph, [], ["c"]));

        Assert.Matches("cycle: . → . → . → .$", fault.Message);
    }

    [Fact]
    public void DuplicateNames_AreRefused() =>
        Assert.Contains("two nodes are named 'x'", Assert.Throws<GraphFormatException>(() => new GraphBuilder().Placeholder("x").Placeholder("x").Build()).Message, StringComparison.Ordinal);

    [Fact]
    public void ProducersComeBeforeConsumers()
    {
        var graph = new GraphBuilder().Node("sum", "AddN", ["b", "a"], ("N", AttributeValue.Of(2L)), ("T", AttributeValue.Of(DataType.Float32)))
            .Float("b", "Identity", "a").Float("a", "Identity", "x").Placeholder("x").Build();

        var bound = GraphBinder.Bind(graph, ["x"], ["sum"]);

        Assert.All(bound.Nodes, node => Assert.All(node.Inputs, input => Assert.True(input.Node < node.Index)));
        Assert.Equal(4, bound.Nodes.Count);
    }

    [Fact]
    public void BranchDecidedByAConstant_IsTakenOut()
    {
        var graph = new GraphBuilder().Placeholder("x").Const("no", false).Node("training", "PlaceholderWithDefault", ["no"], ("dtype", AttributeValue.Of(DataType.Bool)), ("shape", AttributeValue.Of(new PartialShape([]))))
            .Float("s", "Switch", "x", "training").Float("odd", "NoSuchOp", "s:1").Float("plain", "Identity", "s:0")
            .Node("y", "Merge", ["odd", "plain"], ("T", AttributeValue.Of(DataType.Float32)), ("N", AttributeValue.Of(2L))).Build();

        var bound = GraphBinder.Bind(graph, ["x"], ["y"]);

        Assert.Equal(["x", "s", "plain", "y"], bound.Nodes.Select(node => node.Name));
        Assert.All(bound.Nodes, node => Assert.False(node.IsConditional));
        Assert.DoesNotContain(bound.Nodes, node => node.Op is "Switch" or "Merge");
        Assert.Contains("'NoSuchOp' is not supported", Assert.Throws<OperationException>(() => Run(graph, true)).Message, StringComparison.Ordinal);
        Assert.Equal(2f, Run(graph, false).AsSpan<float>()[0]);
    }

    [Fact]
    public void FunctionCall_IsReplacedByItsBody()
    {
        var graph = new GraphBuilder().Placeholder("x").Call("y", "f", "x")
            .Function("f", "i:output:0", GraphBuilder.NodeOf("i", "Identity", ["x"], [("T", AttributeValue.Of(DataType.Float32))])).Build();

        Assert.Equal(["x", "y/i", "y"], GraphBinder.Bind(graph, ["x"], ["y"]).Nodes.Select(node => node.Name));
    }

    private static Tensor Run(Graph graph, bool training)
    {
        using var session = new ReferenceEngine().Compile(graph, ["x", "training"], ["y"]);
        return session.Run([Tensor.From(TensorShape.Scalar, new[] { 2f }), Tensor.From(TensorShape.Scalar, new[] { training })])[0];
    }
}
