using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Graphs.Exports;

/// <summary>Small networks put together at random: odd sizes, every padding, branches, norms in all spellings, several ways to end.</summary>
internal sealed class RandomNet
{
    private static readonly (string, AttributeValue)[] s_float = [("T", AttributeValue.Of(DataType.Float32))];
    /// <summary>The last is one that TensorFlow.js has in layers alone.</summary>
    private static readonly string[] s_activations = ["Relu", "Relu6", "LeakyRelu", "Elu", "Sigmoid", "Tanh", "Softplus", "Selu", "Softsign"];

    private readonly GraphAssembly _graph = new();
    private readonly Random _random;
    private readonly bool _forLayers;
    private int _nodes;

    private RandomNet(int seed, bool forLayers)
    {
        _random = new Random(seed);
        _forLayers = forLayers;
    }

    /// <summary>Makes a network and images for it, the same for the same seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="forLayers">Only operations that layers can say, and rows and columns that are known.</param>
    public static (ExportModel Model, Tensor Images) Make(int seed, bool forLayers) => new RandomNet(seed, forLayers).Make();

    private (ExportModel Model, Tensor Images) Make()
    {
        var (rows, columns, channels) = (_random.Next(7, 16), _random.Next(7, 16), _random.Next(1, 4));
        var isOpen = !_forLayers && _random.Next(3) == 0;
        var images = Floats(1, 2, rows, columns, channels);
        var map = new Map(_graph.Placeholder("images", DataType.Float32, new PartialShape([-1, isOpen ? -1 : rows, isOpen ? -1 : columns, channels])), rows, columns, channels);
        for (var i = _random.Next(3, 9); i > 0; i--)
        {
            map = Step(map);
        }

        var (last, width) = End(map, isOpen);
        if (_random.Next(2) == 0)
        {
            var units = _random.Next(2, 6);
            var turned = _random.Next(2) == 0;
            last = Add("MatMul", [last, Constant(turned ? Floats(0.5f, units, width) : Floats(0.5f, width, units))], ("transpose_a", AttributeValue.Of(false)), ("transpose_b", AttributeValue.Of(turned)));
            last = Add("BiasAdd", [last, Constant(Floats(1, units))]);
        }

        last = _graph.Add("out", "Softmax", [last], s_float);
        return (new ExportModel { Graph = _graph.ToGraph(1000, "random net"), Inputs = ["images:0"], Outputs = [last.ToString()] }, images);
    }

    private Map Step(Map map) => _random.Next(_forLayers ? 8 : 10) switch
    {
        0 or 1 => Activate(Convolve(map)),
        2 => Normalize(Convolve(map)),
        3 => Pool(map),
        4 => Depthwise(map),
        5 => Join(map),
        6 => Scale(map),
        7 => Normalize(map),
        8 => map with { Name = Add("LRN", [map.Name], ("depth_radius", AttributeValue.Of(2L)), ("bias", AttributeValue.Of(1.5f)), ("alpha", AttributeValue.Of(0.3f)), ("beta", AttributeValue.Of(0.7f))) },
        _ => map with { Name = Add("Mul", [map.Name, Add("Sigmoid", [map.Name])]) },
    };

    private Map Convolve(Map map)
    {
        var (filters, height, width) = (_random.Next(1, 7), _random.Next(1, 5), _random.Next(1, 5));
        var stride = _random.Next(1, 3);
        var dilation = stride == 1 ? _random.Next(1, 3) : 1;
        var (top, left) = (_random.Next(3), _random.Next(3));
        var padding = new[] { "SAME", "VALID", "EXPLICIT" }[_random.Next(3)];
        var (spanRows, spanColumns) = (((height - 1) * dilation) + 1, ((width - 1) * dilation) + 1);
        if (padding != "SAME" && (map.Rows < spanRows + stride || map.Columns < spanColumns + stride))
        {
            padding = "SAME";
        }

        var input = map.Name;
        var (extraRows, extraColumns) = (0, 0);
        if (padding == "VALID" && _random.Next(2) == 0)
        {
            // A padding of its own, which exporters fold in.
            input = Add("Pad", [input, Ints([4, 2], 0, 0, top, 1, left, 0, 0, 0)], ("Tpaddings", AttributeValue.Of(DataType.Int32)));
            (extraRows, extraColumns) = (top + 1, left);
        }

        var name = Add(
            "Conv2D", [input, Constant(Floats(0.4f, height, width, map.Channels, filters))], ("strides", List(1, stride, stride, 1)), ("dilations", List(1, dilation, dilation, 1)), ("padding", AttributeValue.Of(padding)),
            ("explicit_paddings", padding == "EXPLICIT" ? List(0, 0, top, 1, left, 2, 0, 0) : List()));
        int Extent(int extent, int span, int added) => padding == "SAME" ? (extent + stride - 1) / stride : ((extent + added - span) / stride) + 1;
        return new Map(
            name, Extent(map.Rows, spanRows, padding == "EXPLICIT" ? top + 1 : extraRows), Extent(map.Columns, spanColumns, padding == "EXPLICIT" ? left + 2 : extraColumns), filters);
    }

    private Map Depthwise(Map map)
    {
        var multiplier = _random.Next(1, 3);
        var name = Add(
            "DepthwiseConv2dNative", [map.Name, Constant(Floats(0.5f, _random.Next(1, 4), _random.Next(1, 4), map.Channels, multiplier))], ("strides", List(1, 1, 1, 1)), ("padding", AttributeValue.Of("SAME")));
        return map with { Name = name, Channels = map.Channels * multiplier };
    }

    private Map Pool(Map map)
    {
        var (window, stride) = (_random.Next(1, 4), _random.Next(1, 3));
        var padding = map.Rows > window && map.Columns > window && _random.Next(2) == 0 ? "VALID" : "SAME";
        var name = Add(_random.Next(2) == 0 ? "MaxPool" : "AvgPool", [map.Name], ("ksize", List(1, window, window, 1)), ("strides", List(1, stride, stride, 1)), ("padding", AttributeValue.Of(padding)));
        int Extent(int extent) => padding == "SAME" ? (extent + stride - 1) / stride : ((extent - window) / stride) + 1;
        return map with { Name = name, Rows = Extent(map.Rows), Columns = Extent(map.Columns) };
    }

    private Map Activate(Map map)
    {
        var op = s_activations[_random.Next(s_activations.Length - (_forLayers ? 1 : 0))];
        return map with { Name = op == "LeakyRelu" ? Add(op, [map.Name], ("alpha", AttributeValue.Of(0.15f))) : Add(op, [map.Name]) };
    }

    private Map Normalize(Map map)
    {
        var variance = Floats(0.3f, map.Channels);
        foreach (ref var value in variance.AsSpan<float>())
        {
            value += 1;
        }

        NodeInput[] inputs = [map.Name, Constant(Floats(1, map.Channels)), Constant(Floats(1, map.Channels)), Constant(Floats(1, map.Channels)), Constant(variance)];
        var version = _random.Next(4);
        if (version == 3)
        {
            // Keras 3 spells it out.
            var rate = Add("Mul", [Add("Rsqrt", [Add("AddV2", [inputs[4], Constant(Tensor.From(TensorShape.Scalar, new[] { 0.001f }))])]), inputs[1]]);
            return map with { Name = Add("AddV2", [Add("Mul", [map.Name, rate]), Add("Sub", [inputs[2], Add("Mul", [inputs[3], rate])])]) };
        }

        return map with { Name = Add(new[] { "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3" }[version], inputs, [("is_training", AttributeValue.Of(false)), ("epsilon", AttributeValue.Of(0.002f)), .. version == 0 ? Array.Empty<(string, AttributeValue)>() : [("U", AttributeValue.Of(DataType.Float32))]]) };
    }

    private Map Scale(Map map)
    {
        var op = new[] { "Mul", "AddV2", "Sub", "RealDiv" }[_random.Next(4)];
        var constant = op == "RealDiv" || _random.Next(2) == 0 ? Tensor.From(TensorShape.Scalar, new[] { 1.25f + _random.NextSingle() }) : Floats(1, map.Channels);
        return map with { Name = Add(op, op == "Sub" && _random.Next(2) == 0 ? [Constant(constant), map.Name] : [map.Name, Constant(constant)]) };
    }

    private Map Join(Map map)
    {
        var branch = map with { Name = Add("Relu", [map.Name]) };
        if (_random.Next(2) == 0)
        {
            return map with { Name = Add("AddV2", [map.Name, branch.Name]) };
        }

        var axis = _random.Next(2) == 0 ? 3 : -1;
        var name = Add("ConcatV2", [branch.Name, map.Name, Ints([], axis)], ("N", AttributeValue.Of(2L)), ("Tidx", AttributeValue.Of(DataType.Int32)));
        return map with { Name = name, Channels = 2 * map.Channels };
    }

    private (NodeInput Name, int Width) End(Map map, bool isOpen)
    {
        var keep = _random.Next(2) == 0;
        if (isOpen || _random.Next(3) > 0)
        {
            var pooled = Add("Mean", [map.Name, Ints([2], 1, 2)], ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(keep)));
            return (keep ? Add("Squeeze", [pooled], ("squeeze_dims", List(1, 2))) : pooled, map.Channels);
        }

        var width = map.Rows * map.Columns * map.Channels;
        if (keep)
        {
            return (Add("Reshape", [map.Name, Ints([2], -1, width)], ("Tshape", AttributeValue.Of(DataType.Int32))), width);
        }

        // Keras' Flatten of old: the number of images is read off the shape.
        var shape = Add("Shape", [map.Name], ("out_type", AttributeValue.Of(DataType.Int32)));
        var first = Add(
            "StridedSlice", [shape, Ints([1], 0), Ints([1], 1), Ints([1], 1)], ("T", AttributeValue.Of(DataType.Int32)), ("Index", AttributeValue.Of(DataType.Int32)), ("shrink_axis_mask", AttributeValue.Of(1L)));
        var target = Add("Pack", [first, Ints([], -1)], ("T", AttributeValue.Of(DataType.Int32)), ("N", AttributeValue.Of(2L)), ("axis", AttributeValue.Of(0L)));
        return (Add("Reshape", [map.Name, target], ("Tshape", AttributeValue.Of(DataType.Int32))), width);
    }

    private NodeInput Add(string op, NodeInput[] inputs, params (string Name, AttributeValue Value)[] attributes)
    {
        var all = s_float.Concat(attributes).GroupBy(attribute => attribute.Item1).Select(group => group.Last());
        return _graph.Add($"node_{_nodes++}/{op}", op, inputs, [.. all]);
    }

    private NodeInput Constant(Tensor value) => _graph.Constant($"constant_{_nodes++}", value);

    private NodeInput Ints(int[] shape, params int[] values) => Constant(Tensor.From(new TensorShape(shape), values));

    private Tensor Floats(float scale, params int[] shape)
    {
        var extents = new TensorShape(shape);
        return Tensor.From(extents, Enumerable.Range(0, extents.Count).Select(_ => ((_random.NextSingle() * 2) - 1) * scale).ToArray());
    }

    private static AttributeValue List(params long[] values) => AttributeValue.Of([.. values.Select(AttributeValue.Of)]);

    private sealed record Map(NodeInput Name, int Rows, int Columns, int Channels);
}
