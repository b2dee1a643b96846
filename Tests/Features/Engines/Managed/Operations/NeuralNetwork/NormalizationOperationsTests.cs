using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Tests.Engines.Managed.Operations.OperationAttributes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.NeuralNetwork;

public class NormalizationOperationsTests
{
    [Fact]
    public void FusedBatchNorm_Training_NormalizesByTheBatch()
    {
        var x = Tensor.From(new TensorShape(1, 1, 4, 1), new float[] { 1, 2, 3, 4 });
        Tensor One(float value) => Tensor.From(new TensorShape(1), new[] { value });
        var result = OperationRunner.Run(
            "FusedBatchNormV3",
            [x, One(2), One(1), Tensor.Zeros(DataType.Float32, new TensorShape(0)), Tensor.Zeros(DataType.Float32, new TensorShape(0))],
            T(DataType.Float32),
            ("U", AttributeValue.Of(DataType.Float32)),
            Of("epsilon", 0f),
            Of("is_training", true));
        var step = 2 / Math.Sqrt(1.25);
        Assert.Equal([(float)(1 - (1.5 * step)), (float)(1 - (0.5 * step)), (float)(1 + (0.5 * step)), (float)(1 + (1.5 * step))], result.AsSpan<float>().ToArray());
    }

    [Fact]
    public void FusedBatchNorm_Training_GivesTheUnbiasedVarianceToTheRunningOne()
    {
        var definition = NormalizationOperations.Definitions.Single(candidate => candidate.Name == "FusedBatchNorm");
        var attributes = definition.Attributes.Where(attribute => attribute.Default is not null).ToDictionary(attribute => attribute.Name, attribute => attribute.Default!);
        attributes["T"] = AttributeValue.Of(DataType.Float32);
        Tensor Vector(params float[] values) => Tensor.From(new TensorShape(values.Length), values);
        var outputs = definition.Kernel(new OperationContext(
            new GraphNode("bn", "FusedBatchNorm", [], attributes), attributes, [Tensor.From(new TensorShape(1, 1, 4, 1), new float[] { 1, 2, 3, 4 }), Vector(1), Vector(0), Vector(), Vector()], 0));
        Assert.Equal([2.5f], outputs[1].AsSpan<float>().ToArray());
        Assert.Equal([1.25f * 4 / 3], outputs[2].AsSpan<float>().ToArray());
        Assert.Equal([1.25f], outputs[4].AsSpan<float>().ToArray());
    }

    [Fact]
    public void BatchNormWithGlobalNormalization_OfANewProducer_IsRefusedWithItsVersion()
    {
        var definition = NormalizationOperations.Definitions.Single(candidate => candidate.Name == "BatchNormWithGlobalNormalization");
        var context = new OperationContext(
            new GraphNode("bn", "BatchNormWithGlobalNormalization", [], new Dictionary<string, AttributeValue>()), new Dictionary<string, AttributeValue>(), [], 9);
        var error = Assert.Throws<OperationException>(() => definition.Kernel(context));
        Assert.Contains("producer version is 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lrn_StopsAtTheFirstAndLastChannel()
    {
        var input = Tensor.From(new TensorShape(1, 1, 1, 3), new float[] { 1, 2, 3 });
        var result = OperationRunner.Run(
            "LRN", [input], T(DataType.Float32), Of("depth_radius", 1), Of("bias", 0f), Of("alpha", 1f), Of("beta", 1f));
        Assert.Equal([1 / 5f, 2 / 14f, 3 / 13f], result.AsSpan<float>().ToArray());
    }
}
