using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Graphs.Descriptions;

public class GraphDescriptionTests
{
    [Fact]
    public void BundledGraph_IsDescribed()
    {
        var description = GraphDescription.Of(GraphDefReader.Read(Path.Combine(GoldenFolder.Repository, "Models", "inception_v3_nsfwjs.pb")));

        var input = Assert.Single(description.Inputs);
        Assert.Equal("input:0", input.Tensor);
        Assert.Equal(DataType.Float32, input.Type);
        Assert.Equal("[?,299,299,3]", input.Shape.ToString());
        Assert.Equal("input:0", description.SuggestedInput);
        Assert.Equal("bottleneck:0", description.SuggestedBottleneck);
        Assert.Contains(description.Outputs, output => output.Tensor == "bottleneck:0");

        // InceptionV3 without its top has 21.8 million parameters.
        Assert.InRange(description.ParameterCount, 21_700_000, 21_900_000);
        Assert.InRange(description.ParameterBytes, 21_700_000, 23_000_000);
        Assert.Equal(94, description.Operations.Single(entry => entry.Op == "Conv2D").Count);
    }

    [Fact]
    public void Classifier_SuggestsTheInputOfItsLastLayer()
    {
        var weights = Tensor.Zeros(DataType.Float32, new TensorShape(8, 3));
        var graph = new GraphBuilder().Placeholder("images", DataType.Float32, -1, 4, 4, 8).Placeholder("keep", DataType.Float32)
            .Const("axes", Tensor.From(new TensorShape(2), new[] { 1, 2 })).Float("pool", "Mean", "images", "axes").Const("w", weights)
            .Float("logits", "MatMul", "pool", "w").Float("probabilities", "Softmax", "logits").Build();

        var description = GraphDescription.Of(graph);

        Assert.Equal("images:0", description.SuggestedInput);
        Assert.Equal("pool:0", description.SuggestedBottleneck);
        Assert.Contains("'logits'", description.BottleneckCandidates[0].Reason, StringComparison.Ordinal);
        Assert.Equal(["probabilities:0"], description.Outputs.Select(output => output.Tensor));
        Assert.Equal(24, description.ParameterCount);
        Assert.Equal(96, description.ParameterBytes);
    }
}
