using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;

namespace MlTransfer.Features.Tests.Engines.Managed;

/// <summary>A network with one of everything that is fused: padding, batch norm, bias, residual, concatenation within concatenation, depthwise, pooling, mean, product.</summary>
internal static class SmallNet
{
    /// <summary>Makes it.</summary>
    /// <param name="weightType">Float32, or the quantised type that large weights are stored as.</param>
    public static Graph Make(DataType weightType = DataType.Float32)
    {
        var nodes = new List<GraphNode>();
        Node("input", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(PartialShape.Unknown)));
        Ints("pads", [4, 2], 0, 0, 1, 1, 1, 1, 0, 0);
        Node("padded", "Pad", ["input", "pads"]);
        Convolution("stem_conv", "padded", [3, 3, 3, 20], 2, "VALID");
        Norm("stem_norm", "stem_conv", 20);
        Node("stem", "Relu", ["stem_norm"]);
        Convolution("left", "stem", [1, 7, 20, 17], 1, "SAME");
        Floats("bias", [17]);
        Node("left_biased", "BiasAdd", ["left", "bias"]);
        Node("left_out", "Relu6", ["left_biased"]);
        Weights("deep_filter", [3, 3, 20, 1]);
        Node("deep", "DepthwiseConv2dNative", ["stem", "deep_filter"], Strides(1), ("padding", AttributeValue.Of("SAME")));
        Convolution("deep_out", "deep", [1, 1, 20, 16], 1, "SAME");
        Ints("axis", [], 3);
        Node("inner", "ConcatV2", ["left_out", "deep_out", "axis"], ("N", AttributeValue.Of(2L)));
        Pool("pool", "AvgPool", "stem");
        Node("block", "ConcatV2", ["inner", "pool", "axis"], ("N", AttributeValue.Of(2L)));
        Convolution("residual", "block", [3, 3, 53, 53], 1, "SAME");
        Norm("residual_norm", "residual", 53);
        Node("sum", "AddV2", ["residual_norm", "block"]);
        Node("sum_out", "Relu", ["sum"]);
        Pool("reduced", "MaxPool", "sum_out");
        Ints("spatial", [2], 1, 2);
        Node("mean", "Mean", ["reduced", "spatial"]);
        Weights("dense_weights", [53, 11]);
        Node("out", "MatMul", ["mean", "dense_weights"]);
        return new Graph(nodes, [], 1000, "small net");

        void Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes)
        {
            var all = attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value);
            if (op is not ("Placeholder" or "Const"))
            {
                all.TryAdd("T", AttributeValue.Of(DataType.Float32));
            }

            nodes.Add(new GraphNode(name, op, [.. inputs.Select(NodeInput.Parse)], all));
        }

        void Constant(string name, Tensor value) => Node(name, "Const", [], ("dtype", AttributeValue.Of(value.Type)), ("value", AttributeValue.Of(value)));

        void Ints(string name, int[] shape, params int[] values) => Constant(name, Tensor.From(new TensorShape(shape), values));

        void Floats(string name, int[] shape) => Constant(name, Tensor.From(new TensorShape(shape), KernelNumbers.Random(new TensorShape(shape).Count, name.Length)));

        void Weights(string name, int[] shape)
        {
            var values = KernelNumbers.Random(new TensorShape(shape).Count, name.Length);
            var scale = MathF.Sqrt(3f * shape[^1] / values.Length);
            if (weightType == DataType.Float32 || values.Length < 4096)
            {
                Constant(name, Tensor.From(new TensorShape(shape), Array.ConvertAll(values, value => value * scale)));
                return;
            }

            Array codes = weightType == DataType.QUInt8
                ? Array.ConvertAll(values, value => (byte)(127.5f + (127 * value)))
                : Array.ConvertAll(values, value => (sbyte)(127 * value));
            Constant($"{name}_codes", Tensor.From(weightType, new TensorShape(shape), codes));
            Constant($"{name}_low", Tensor.From(TensorShape.Scalar, new[] { -scale }));
            Constant($"{name}_high", Tensor.From(TensorShape.Scalar, new[] { scale }));
            Node(name, "Dequantize", [$"{name}_codes", $"{name}_low", $"{name}_high"], ("T", AttributeValue.Of(weightType)));
        }

        void Convolution(string name, string input, int[] filter, int stride, string padding)
        {
            Weights($"{name}_filter", filter);
            Node(name, "Conv2D", [input, $"{name}_filter"], Strides(stride), ("padding", AttributeValue.Of(padding)));
        }

        void Norm(string name, string input, int channels)
        {
            Floats($"{name}_gamma", [channels]);
            Floats($"{name}_beta", [channels]);
            Floats($"{name}_mean", [channels]);
            Constant($"{name}_variance", Tensor.From(new TensorShape(channels), Array.ConvertAll(KernelNumbers.Random(channels, 5), value => 1.5f + value)));
            Node(name, "FusedBatchNormV3", [input, $"{name}_gamma", $"{name}_beta", $"{name}_mean", $"{name}_variance"], ("is_training", AttributeValue.Of(false)), ("U", AttributeValue.Of(DataType.Float32)));
        }

        void Pool(string name, string op, string input) =>
            Node(name, op, [input], ("ksize", List(1, 3, 3, 1)), Strides(1), ("padding", AttributeValue.Of("SAME")));

        (string Name, AttributeValue Value) Strides(int stride) => ("strides", List(1, stride, stride, 1));

        AttributeValue List(params long[] values) => AttributeValue.Of([.. values.Select(AttributeValue.Of)]);
    }
}
