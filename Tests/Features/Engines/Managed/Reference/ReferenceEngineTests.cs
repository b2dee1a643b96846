using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed.Reference;

public class ReferenceEngineTests
{
    private static readonly ReferenceEngine s_engine = new();

    [Fact]
    public void DeepChain_RunsWithoutRecursion()
    {
        const int length = 100_000;
        var builder = new GraphBuilder().Placeholder("n0");
        for (var i = 1; i <= length; i++)
        {
            builder.Float($"n{i}", "Identity", $"n{i - 1}");
        }

        Assert.Equal(7f, Run(builder.Build(), ["n0"], [$"n{length}"], Scalar(7))[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void FeedOfAnInnerTensor_CutsItsProducersOff()
    {
        var graph = new GraphBuilder().Const("no", false).Node("check", "Assert", ["no", "no"], ("T", AttributeValue.Of([AttributeValue.Of(DataType.Bool)])))
            .Const("c", Scalar(1), "^check").Float("inner", "Identity", "c").Float("y", "Identity", "inner").Build();

        Assert.Equal(5f, Run(graph, ["inner"], ["y"], Scalar(5))[0].AsSpan<float>()[0]);
        Assert.Contains("assertion failed", Assert.Throws<OperationException>(() => Run(graph, [], ["y"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Branch_ThatIsNotTaken_NeitherRunsNorIsRequired(bool takeKnown)
    {
        var graph = new GraphBuilder().Placeholder("x").Placeholder("p", DataType.Bool)
            .Float("s", "Switch", "x", "p").Float("known", "Identity", "s:1").Float("odd", "NoSuchOp", "s:0")
            .Node("y", "Merge", ["known", "odd"], ("T", AttributeValue.Of(DataType.Float32)), ("N", AttributeValue.Of(2L))).Build();

        using var session = s_engine.Compile(graph, ["x", "p"], ["y"]);
        var predicate = Tensor.From(TensorShape.Scalar, new[] { takeKnown });
        if (takeKnown)
        {
            Assert.Equal(3f, session.Run([Scalar(3), predicate])[0].AsSpan<float>()[0]);
        }
        else
        {
            Assert.Contains("'NoSuchOp' is not supported", Assert.Throws<OperationException>(() => session.Run([Scalar(3), predicate])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FetchOfADeadTensor_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Const("p", true).Float("s", "Switch", "x", "p").Build();

        Assert.Contains("'s:0' has no value", Assert.Throws<OperationException>(() => Run(graph, ["x"], ["s:0"], Scalar(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_RunsItsBody()
    {
        var graph = new GraphBuilder().Placeholder("x").Call("y", "f", "x")
            .Function("f", "sum:sum:0", GraphBuilder.NodeOf("sum", "AddN", ["x", "x"], [("N", AttributeValue.Of(2L)), ("T", AttributeValue.Of(DataType.Float32))])).Build();

        Assert.Equal(8f, Run(graph, ["x"], ["y"], Scalar(4))[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void FunctionsThatCallEachOtherForEver_AreRefused()
    {
        var graph = new GraphBuilder().Placeholder("x").Call("y", "f", "x")
            .Function("f", "c:output:0", GraphBuilder.CallOf("c", "g", "x"))
            .Function("g", "c:output:0", GraphBuilder.CallOf("c", "f", "x")).Build();

        Assert.Contains("does the function call itself?", Assert.Throws<OperationException>(() => Run(graph, ["x"], ["y"], Scalar(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionWithACycle_IsRefused()
    {
        var attributes = new[] { ("T", AttributeValue.Of(DataType.Float32)) };
        var graph = new GraphBuilder().Placeholder("x").Call("y", "f", "x")
            .Function("f", "a:output:0", GraphBuilder.NodeOf("a", "Identity", ["b:output:0"], attributes), GraphBuilder.NodeOf("b", "Identity", ["a:output:0"], attributes)).Build();

        Assert.Contains("cycle: y/a → y/b → y/a", Assert.Throws<GraphFormatException>(() => Run(graph, ["x"], ["y"], Scalar(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionsThatCallTheNextTwice_AreStoppedBeforeTheyTakeForEver()
    {
        var builder = new GraphBuilder().Placeholder("x").Call("y", "f0", "x").Const("p", true).Float("s", "Switch", "x", "p");
        for (var i = 0; i < 60; i++)
        {
            builder.Function($"f{i}", "b:output:0", GraphBuilder.CallOf("a", $"f{i + 1}", "x"), GraphBuilder.CallOf("b", $"f{i + 1}", "a:output:0"));
        }

        var graph = builder.Function("f60", "x").Build();

        Assert.Contains("function calls in one run", Assert.Throws<OperationException>(() => Run(graph, ["x"], ["y"], Scalar(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionThatIsNotThere_IsNamedWithTheNearest()
    {
        var graph = new GraphBuilder().Placeholder("x").Call("y", "inference_42", "x").Function("inference_41", "x").Build();

        Assert.Contains("nearest names are inference_41", Assert.Throws<OperationException>(() => Run(graph, ["x"], ["y"], Scalar(4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongNumberTypeOrShapeOfFeeds_IsRefused()
    {
        var graph = new GraphBuilder().Placeholder("x", DataType.Float32, -1, 2).Float("y", "Identity", "x").Build();
        using var session = s_engine.Compile(graph, ["x"], ["y"]);

        Assert.Contains("0 values were fed; 1 are expected", Assert.Throws<OperationException>(() => session.Run([])).Message, StringComparison.Ordinal);
        Assert.Contains("float [?,2] is expected", Assert.Throws<OperationException>(() => session.Run([Tensor.Zeros(DataType.Int32, new TensorShape(1, 2))])).Message, StringComparison.Ordinal);
        Assert.Contains("[?,2] is expected", Assert.Throws<OperationException>(() => session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(2, 1))])).Message, StringComparison.Ordinal);
        Assert.Equal(new TensorShape(4, 2), session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(4, 2))])[0].Shape);
    }

    [Fact]
    public void FaultyNodeInABranch_IsNotRequiredWhereTheBranchIsNotTaken()
    {
        var graph = new GraphBuilder().Placeholder("x").Placeholder("choice", DataType.Bool).Float("fork", "Switch", "x", "choice").Float("yes", "Identity", "fork:1")
            .Float("other", "Identity", "fork:0").Float("no", "Identity", "^other").Node("y", "Merge", ["no", "yes"], ("T", AttributeValue.Of(DataType.Float32)), ("N", AttributeValue.Of(2L))).Build();
        var taken = Tensor.From(TensorShape.Scalar, new[] { true });

        Assert.Equal(4f, Run(graph, ["x", "choice"], ["y"], Scalar(4), taken)[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void Loop_WhoseConditionIsAnInteger_GoesOnWhileItIsNotZero()
    {
        var single = ("T", AttributeValue.Of(DataType.Float32));
        var limit = GraphBuilder.NodeOf("limit", "Const", [], [("dtype", AttributeValue.Of(DataType.Float32)), ("value", AttributeValue.Of(Scalar(3)))]);
        var less = GraphBuilder.NodeOf("less", "Less", ["x", "limit:output:0"], [single]);
        var number = GraphBuilder.NodeOf("number", "Cast", ["less:z:0"], [("SrcT", AttributeValue.Of(DataType.Bool)), ("DstT", AttributeValue.Of(DataType.Int32))]);
        var one = GraphBuilder.NodeOf("one", "Const", [], [("dtype", AttributeValue.Of(DataType.Float32)), ("value", AttributeValue.Of(Scalar(1)))]);
        var next = GraphBuilder.NodeOf("next", "AddV2", ["x", "one:output:0"], [single]);
        var graph = new GraphBuilder().Placeholder("x").Function("goes_on", "number:y:0", limit, less, number).Function("step", "next:z:0", one, next).Node(
            "y", "While", ["x"], ("T", AttributeValue.Of([AttributeValue.Of(DataType.Float32)])),
            ("cond", AttributeValue.Of(new FunctionReference("goes_on", new Dictionary<string, AttributeValue>()))),
            ("body", AttributeValue.Of(new FunctionReference("step", new Dictionary<string, AttributeValue>())))).Build();

        Assert.Equal(3f, Run(graph, ["x"], ["y"], Scalar(1))[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void Cancellation_StopsTheRun()
    {
        var graph = new GraphBuilder().Placeholder("x").Float("y", "Identity", "x").Build();
        using var session = s_engine.Compile(graph, ["x"], ["y"]);

        Assert.Throws<OperationCanceledException>(() => session.Run([Scalar(1)], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void HugeFill_IsRefusedBeforeItIsAllocated()
    {
        var graph = new GraphBuilder().Const("dims", Tensor.From(new TensorShape(3), new[] { 1 << 20, 1 << 20, 1 << 20 })).Const("v", 1f)
            .Node("y", "Fill", ["dims", "v"], ("T", AttributeValue.Of(DataType.Float32))).Build();

        Assert.Contains("can not be made", Assert.Throws<OperationException>(() => Run(graph, [], ["y"])).Message, StringComparison.Ordinal);
    }

    private static Tensor Scalar(float value) => Tensor.From(TensorShape.Scalar, new[] { value });

    private static IReadOnlyList<Tensor> Run(Graph graph, string[] feeds, string[] fetches, params Tensor[] values)
    {
        using var session = s_engine.Compile(graph, feeds, fetches);
        return session.Run(values);
    }
}
