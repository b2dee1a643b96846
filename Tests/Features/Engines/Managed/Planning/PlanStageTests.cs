using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;

namespace MlTransfer.Features.Tests.Engines.Managed.Planning;

/// <summary>Graphs whose shapes are not known before they run, and inputs whose channels change from run to run.</summary>
public class PlanStageTests
{
    [Fact]
    public void ShapesThatValuesDecide_ArePlannedWhenTheyAreKnown()
    {
        var graph = Make(Node("reshaped", "Reshape", ["input", "shape"], ("Tshape", AttributeValue.Of(DataType.Int32))), "reshaped", 2);
        using var plain = new ReferenceEngine().Compile(graph, ["input", "shape"], ["out"]);
        using var compiled = new ManagedEngine().CompileManaged(graph, ["input", "shape"], ["out"]);
        foreach (var extents in new[] { new[] { 1, 6, 8, 2 }, [2, 4, 6, 2], [1, 6, 8, 2], [4, -1, 3, 2] })
        {
            Tensor[] feeds = [Tensor.From(new TensorShape(96), KernelNumbers.Random(96, 1)), Tensor.From(new TensorShape(4), extents)];
            AssertNear(plain.Run(feeds)[0], compiled.Run(feeds)[0]);
        }
    }

    [Fact]
    public void Channels_MayBecomeGroups()
    {
        var graph = Make(Node("same", "Identity", ["input"]), "same", 2);
        using var plain = new ReferenceEngine().Compile(graph, ["input"], ["out"]);
        using var compiled = new ManagedEngine().CompileManaged(graph, ["input"], ["out"]);
        foreach (var channels in new[] { 2, 6, 4, 2 })
        {
            var input = Tensor.From(new TensorShape(2, 5, 7, channels), KernelNumbers.Random(70 * channels, channels));
            AssertNear(plain.Run([input])[0], compiled.Run([input])[0]);
        }
    }

    private static void AssertNear(Tensor want, Tensor got)
    {
        Assert.Equal(want.Shape, got.Shape);
        Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - 1e-5f, pair.First + 1e-5f));
    }

    /// <summary>Something, then a convolution of twelve output channels and a Relu.</summary>
    private static Graph Make(GraphNode before, string input, int depth)
    {
        var filter = Tensor.From(new TensorShape(3, 3, depth, 12), KernelNumbers.Random(9 * depth * 12, 3));
        return new Graph(
            [
                Node("input", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(PartialShape.Unknown))),
                Node("shape", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Int32)), ("shape", AttributeValue.Of(PartialShape.Unknown))),
                before,
                Node("filter", "Const", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("value", AttributeValue.Of(filter))),
                Node("conv", "Conv2D", [input, "filter"], ("strides", AttributeValue.Of([.. Enumerable.Repeat(AttributeValue.Of(1L), 4)])), ("padding", AttributeValue.Of("SAME"))),
                Node("out", "Relu", ["conv"]),
            ],
            [],
            1000,
            "staged net");
    }

    private static GraphNode Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var all = attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value);
        if (op is not ("Placeholder" or "Const"))
        {
            all.Add("T", AttributeValue.Of(DataType.Float32));
        }

        return new GraphNode(name, op, [.. inputs.Select(NodeInput.Parse)], all);
    }
}
