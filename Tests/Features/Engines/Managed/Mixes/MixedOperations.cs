using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Mixes;

/// <summary>What random graphs are made of: operations of networks with every choice of arguments, legal or not.</summary>
internal static class MixedOperations
{
    private static readonly Action<RandomGraph>[] s_operations =
    [
        Convolution, Convolution, Convolution, Depthwise, Pool, Pool, Norm, Bias, Activation, Activation, Sum, Binary, Gate, Concat, Concat, Pad, Mean, Reduction,
        Dense, Reshape, DynamicReshape, Squeeze, ExpandDims, Transpose, Split, Slice, StridedSlice, Resize, Affine, Residual, Block, Tile, Cast, SpaceToDepth, Pack, Select,
    ];

    /// <summary>Grows a graph until the recipe ends.</summary>
    public static RandomGraph Grow(byte[] bytes)
    {
        var recipe = new Recipe(bytes);
        var graph = new RandomGraph(recipe);
        var channels = recipe.Pick(3, 8, 1, 17, 32);
        graph.AddInput(new TensorShape(recipe.Pick(1, 2, 3), recipe.Pick(8, 7, 1, 10), recipe.Pick(8, 7, 1, 10), channels));
        if (recipe.Rarely(3))
        {
            graph.AddInput(graph.Shape("input_0"));
        }

        while (recipe.IsLeft)
        {
            s_operations[recipe.Next(s_operations.Length)](graph);
        }

        return graph;
    }

    private static string[] List(params string[] names) => names;

    private static (string Name, AttributeValue Value) Longs(string name, params long[] values) => (name, AttributeValue.Of([.. values.Select(AttributeValue.Of)]));

    private static (string Name, AttributeValue Value) Type(string name, DataType type) => (name, AttributeValue.Of(type));

    private static void Convolution(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var channels = graph.Shape(input)[3];
        var (height, width) = choose.Pick((1, 1), (3, 3), (1, 7), (7, 1), (5, 5), (1, 3), (3, 1), (2, 3), (3, 3));
        var groups = choose.Rarely(5) && channels % 2 == 0 ? 2 : 1;
        var outputs = choose.Pick(8, 1, 3, 17, 32) * groups;
        var filter = graph.Weights(height, width, channels / groups, outputs);
        var name = graph.Add("Conv2D", List(input, filter), Window(choose, true));
        After(graph, name, outputs);
    }

    private static void Depthwise(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var channels = graph.Shape(input)[3];
        var (height, width) = choose.Pick((3, 3), (1, 1), (5, 5), (2, 3));
        var filter = graph.Weights(height, width, channels, choose.Pick(1, 2));
        var stride = choose.Pick(1, 1, 2);
        var name = graph.Add("DepthwiseConv2dNative", List(input, filter), Longs("strides", 1, stride, stride, 1), ("padding", AttributeValue.Of(choose.Pick("SAME", "VALID"))));
        After(graph, name, name is null ? 0 : graph.Shape(name)[3]);
    }

    /// <summary>What often follows a convolution: bias, batch norm, activation; in any order and number.</summary>
    private static void After(RandomGraph graph, string? name, int channels)
    {
        for (var step = 0; step < 3 && name is not null; step++)
        {
            switch (graph.Recipe.Next(5))
            {
                case 1:
                    name = graph.Add("BiasAdd", List(name, graph.Floats(channels)));
                    break;
                case 2:
                    name = Norm(graph, name, channels);
                    break;
                case 3:
                    name = graph.Add(graph.Recipe.Pick("Relu", "Relu6"), List(name));
                    break;
                case 4:
                    name = graph.Add("Mul", List(name, graph.Positive(channels)));
                    break;
                default:
                    return;
            }
        }
    }

    private static (string Name, AttributeValue Value)[] Window(Recipe choose, bool mayDilate)
    {
        var (strideY, strideX) = choose.Pick((1, 1), (1, 1), (2, 2), (3, 2));
        var dilation = mayDilate && strideY == 1 && choose.Rarely(4) ? 2 : 1;
        var padding = choose.Pick("SAME", "VALID", "SAME", "EXPLICIT");
        (string, AttributeValue)[] attributes = [Longs("strides", 1, strideY, strideX, 1), ("padding", AttributeValue.Of(padding)), Longs("dilations", 1, dilation, dilation, 1)];
        return padding == "EXPLICIT" ? [.. attributes, Longs("explicit_paddings", 0, 0, choose.Next(3), choose.Next(3), choose.Next(3), choose.Next(3), 0, 0)] : attributes;
    }

    private static void Pool(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var (height, width) = choose.Pick((3, 3), (2, 2), (1, 3), (7, 7));
        var stride = choose.Pick(1, 2, 3);
        graph.Add(
            choose.Pick("MaxPool", "AvgPool"), List(graph.Map()), Longs("ksize", 1, height, width, 1), Longs("strides", 1, stride, stride, 1), ("padding", AttributeValue.Of(choose.Pick("SAME", "VALID"))));
    }

    private static void Norm(RandomGraph graph)
    {
        var input = graph.Map();
        Norm(graph, input, graph.Shape(input)[3]);
    }

    private static string? Norm(RandomGraph graph, string input, int channels) => graph.Add(
        "FusedBatchNormV3",
        List(input, graph.Positive(channels), graph.Floats(channels), graph.Floats(channels), graph.Positive(channels)),
        Type("U", DataType.Float32),
        ("is_training", AttributeValue.Of(false)));

    private static void Bias(RandomGraph graph)
    {
        var input = graph.Any();
        var shape = graph.Shape(input);
        graph.Add("BiasAdd", List(input, graph.Floats(shape.Rank == 0 ? 1 : shape[shape.Rank - 1])));
    }

    private static void Activation(RandomGraph graph) =>
        graph.Add(graph.Recipe.Pick("Relu", "Relu6", "Sigmoid", "Tanh", "Elu", "Softplus", "Softmax", "Neg", "Abs", "Square", "Identity", "LeakyRelu", "CheckNumerics", "Erf"), List(graph.Any()), ("message", AttributeValue.Of("")));

    private static void Sum(RandomGraph graph)
    {
        var a = graph.Any();
        var b = Like(graph, a);
        var sum = graph.Add(graph.Recipe.Pick("AddV2", "Add"), graph.Recipe.Pick(List(a, b), List(b, a)));
        if (sum is not null && graph.Recipe.Rarely(2))
        {
            graph.Add("Relu", List(sum));
        }
    }

    private static void Binary(RandomGraph graph)
    {
        var a = graph.Any();
        var b = Like(graph, a);
        graph.Add(graph.Recipe.Pick("Sub", "Mul", "Maximum", "Minimum", "SquaredDifference"), graph.Recipe.Pick(List(a, b), List(b, a)));
    }

    /// <summary>Another tensor of the same shape, or a constant or pixel that broadcasts, or one that need not fit.</summary>
    private static string Like(RandomGraph graph, string name)
    {
        var shape = graph.Shape(name);
        var last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        return graph.Recipe.Next(7) switch
        {
            0 => graph.Maps.Last(other => graph.Shape(other) == shape),
            1 => graph.Floats(last),
            2 => graph.Floats(1, 1, 1, last),
            3 => graph.Constant(Tensor.From(TensorShape.Scalar, new[] { 0.75f })),
            4 => graph.Maps.First(other => graph.Shape(other) == shape),
            5 => graph.Any(),
            _ => shape.Rank == 4 ? graph.Floats(1, shape[1], shape[2], 1) : graph.Floats(last),
        };
    }

    /// <summary>Squeeze and excite: a map times its own mean through a function.</summary>
    private static void Gate(RandomGraph graph)
    {
        var map = graph.Map();
        var mean = graph.Add("Mean", List(map, graph.Ints(1, 2)), ("keep_dims", AttributeValue.Of(true)), Type("Tidx", DataType.Int32));
        if (mean is not null && graph.Add("Sigmoid", List(mean)) is { } gate)
        {
            graph.Add("Mul", graph.Recipe.Pick(List(map, gate), List(gate, map)));
        }
    }

    private static void Concat(RandomGraph graph)
    {
        var a = graph.Any();
        var shape = graph.Shape(a);
        var axis = shape.Rank == 0 ? 0 : graph.Recipe.Pick(shape.Rank - 1, -1, 0, Math.Min(1, shape.Rank - 1));
        var count = graph.Recipe.Pick(2, 3, 1);
        var place = axis < 0 ? axis + shape.Rank : axis;
        string[] fits = [.. graph.Maps.Where(other => graph.Shape(other) is var candidate && candidate.Rank == shape.Rank && Enumerable.Range(0, shape.Rank).All(i => i == place || candidate[i] == shape[i]))];
        var parts = Enumerable.Range(0, count).Select(i => i == 0 ? a : fits[^(1 + graph.Recipe.Next(fits.Length))]).ToArray();
        graph.Add("ConcatV2", [.. parts, graph.Scalar(axis)], ("N", AttributeValue.Of((long)count)), Type("Tidx", DataType.Int32));
    }

    private static void Pad(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var pads = graph.Matrix(2, 0, 0, choose.Next(3), choose.Next(3), choose.Next(3), choose.Next(3), 0, choose.Pick(0, 0, 0, 1));
        var padded = graph.Add("Pad", List(input, pads), Type("Tpaddings", DataType.Int32));
        if (padded is not null && choose.Rarely(2))
        {
            var channels = graph.Shape(padded)[3];
            graph.Add("Conv2D", List(padded, graph.Weights(3, 3, channels, 8)), Longs("strides", 1, 2, 2, 1), ("padding", AttributeValue.Of("VALID")));
        }
    }

    private static void Mean(RandomGraph graph)
    {
        var axes = graph.Recipe.Pick<int[]>([1, 2], [2, 1], [-3, -2], [1], [0, 1, 2], [3], [0]);
        graph.Add("Mean", List(graph.Map(), graph.Ints(axes)), ("keep_dims", AttributeValue.Of(graph.Recipe.Rarely(2))), Type("Tidx", DataType.Int32));
    }

    private static void Reduction(RandomGraph graph)
    {
        var input = graph.Any();
        var axes = graph.Recipe.Pick<int[]>([-1], [0], [], [1, 2]);
        graph.Add(graph.Recipe.Pick("Max", "Min", "Sum", "Mean"), List(input, graph.Ints(axes)), ("keep_dims", AttributeValue.Of(graph.Recipe.Rarely(2))), Type("Tidx", DataType.Int32));
    }

    /// <summary>A matrix product, of a map flattened if need be.</summary>
    private static void Dense(RandomGraph graph)
    {
        var input = graph.Any();
        var shape = graph.Shape(input);
        if (shape.Rank == 0 || shape.Count == 0)
        {
            return;
        }

        if (shape.Rank != 2)
        {
            if (graph.Add("Reshape", List(input, graph.Ints(-1, shape.Count / shape[0])), Type("Tshape", DataType.Int32)) is not { } flat)
            {
                return;
            }

            input = flat;
        }

        var (products, outputs, transposed) = (graph.Shape(input)[1], graph.Recipe.Pick(5, 1, 33), graph.Recipe.Rarely(3));
        var weights = transposed ? graph.Weights(outputs, products) : graph.Weights(products, outputs);
        After(graph, graph.Add("MatMul", List(input, weights), ("transpose_a", AttributeValue.Of(false)), ("transpose_b", AttributeValue.Of(transposed))), outputs);
    }

    private static void Reshape(RandomGraph graph)
    {
        var input = graph.Any();
        var shape = graph.Shape(input);
        var last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        var target = graph.Recipe.Pick<int[]>([-1, last], [-1], [1, -1, 1, last], [shape.Count], [-1, 1, 1, last], [0, -1], [2, -1, 3]);
        graph.Add("Reshape", List(input, graph.Ints(target)), Type("Tshape", DataType.Int32));
    }

    /// <summary>As Keras flattens: the batch is read off the tensor's own shape.</summary>
    private static void DynamicReshape(RandomGraph graph)
    {
        var input = graph.Any();
        if (graph.AddHidden("Shape", List(input), Type("T", DataType.Float32), Type("out_type", DataType.Int32)) is { } shape
            && graph.AddHidden(
                "StridedSlice", List(shape, graph.Ints(0), graph.Ints(1), graph.Ints(1)), Type("T", DataType.Int32), Type("Index", DataType.Int32), ("shrink_axis_mask", AttributeValue.Of(1L))) is { } batch
            && graph.AddHidden("Pack", List(batch, graph.Scalar(-1)), Type("T", DataType.Int32), ("N", AttributeValue.Of(2L)), ("axis", AttributeValue.Of(0L))) is { } target)
        {
            graph.Add("Reshape", List(input, target), Type("Tshape", DataType.Int32));
        }
    }

    private static void Squeeze(RandomGraph graph) => graph.Add("Squeeze", List(graph.Any()), graph.Recipe.Rarely(2) ? Longs("squeeze_dims", 1, 2) : Longs("squeeze_dims"));

    private static void ExpandDims(RandomGraph graph) => graph.Add("ExpandDims", List(graph.Any(), graph.Scalar(graph.Recipe.Pick(0, -1, 1, 2))), Type("Tdim", DataType.Int32));

    private static void Transpose(RandomGraph graph)
    {
        var order = graph.Recipe.Pick<int[]>([0, 3, 1, 2], [0, 2, 1, 3], [3, 2, 1, 0], [1, 0]);
        graph.Add("Transpose", List(graph.Any(), graph.Ints(order)), Type("Tperm", DataType.Int32));
    }

    private static void Split(RandomGraph graph)
    {
        var input = graph.Map();
        var parts = graph.Shape(input)[3] % 2 == 0 ? 2 : 1;
        graph.Add("Split", List(graph.Scalar(graph.Recipe.Pick(3, -1)), input), ("num_split", AttributeValue.Of((long)parts)));
    }

    private static void Slice(RandomGraph graph)
    {
        var choose = graph.Recipe;
        graph.Add("Slice", List(graph.Map(), graph.Ints(0, choose.Next(2), choose.Next(2), choose.Next(3)), graph.Ints(-1, -1, choose.Pick(-1, 1), choose.Pick(-1, 1))), Type("Index", DataType.Int32));
    }

    private static void StridedSlice(RandomGraph graph) => graph.Add(
        "StridedSlice",
        List(graph.Map(), graph.Ints(0, 0, 1, 0), graph.Ints(0, 0, 5, 0), graph.Ints(1, graph.Recipe.Pick(1, 2, -1), 1, 1)),
        Type("Index", DataType.Int32),
        ("begin_mask", AttributeValue.Of(11L)),
        ("end_mask", AttributeValue.Of(11L)));

    private static void Resize(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var half = choose.Rarely(2);
        graph.Add(
            choose.Pick("ResizeBilinear", "ResizeNearestNeighbor"), List(graph.Map(), graph.Ints(choose.Pick(5, 9, 1), choose.Pick(6, 11))), ("half_pixel_centers", AttributeValue.Of(half)), ("align_corners", AttributeValue.Of(!half && choose.Rarely(2))));
    }

    /// <summary>Batch norm written out: a product and a sum with constants.</summary>
    private static void Affine(RandomGraph graph)
    {
        var input = graph.Any();
        var shape = graph.Shape(input);
        var last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        if (graph.Add("Mul", List(input, graph.Positive(last))) is { } product)
        {
            graph.Add(graph.Recipe.Pick("AddV2", "Sub"), List(product, graph.Floats(last)));
        }
    }

    /// <summary>A convolution, norm, the sum with its own input, an activation.</summary>
    private static void Residual(RandomGraph graph)
    {
        var input = graph.Map();
        var channels = graph.Shape(input)[3];
        var convolution = graph.Add("Conv2D", List(input, graph.Weights(3, 3, channels, channels)), Longs("strides", 1, 1, 1, 1), ("padding", AttributeValue.Of("SAME")));
        if (convolution is not null && Norm(graph, convolution, channels) is { } norm
            && graph.Add("AddV2", graph.Recipe.Pick(List(norm, input), List(input, norm), List(norm, norm), List(norm, convolution))) is { } sum)
        {
            graph.Add("Relu", List(sum));
        }
    }

    /// <summary>An Inception block: branches that share an input, joined; the joint input may go in as it is.</summary>
    private static void Block(RandomGraph graph)
    {
        var input = graph.Map();
        var channels = graph.Shape(input)[3];
        var parts = new List<string>();
        foreach (var (height, width) in new[] { (1, 1), graph.Recipe.Pick((3, 3), (1, 7), (5, 5)) })
        {
            if (graph.Add("Conv2D", List(input, graph.Weights(height, width, channels, graph.Recipe.Pick(8, 17, 32))), Longs("strides", 1, 1, 1, 1), ("padding", AttributeValue.Of("SAME"))) is { } part)
            {
                parts.Add(graph.Recipe.Rarely(2) ? graph.Add("Relu", List(part)) ?? part : part);
            }
        }

        parts.Add(graph.Recipe.Rarely(2) || parts.Count == 0 ? input : parts[0]);
        graph.Add("ConcatV2", [.. parts, graph.Scalar(3)], ("N", AttributeValue.Of((long)parts.Count)), Type("Tidx", DataType.Int32));
    }

    private static void Tile(RandomGraph graph) => graph.Add("Tile", List(graph.Map(), graph.Ints(1, graph.Recipe.Pick(1, 2), 1, 2)), Type("Tmultiples", DataType.Int32));

    /// <summary>To integers and back: rounded, so that a difference in the last place can not grow to one.</summary>
    private static void Cast(RandomGraph graph)
    {
        var input = graph.Any();
        if (graph.AddHidden("ZerosLike", List(input), Type("T", DataType.Float32)) is { } zeros
            && graph.AddHidden("Cast", List(zeros), Type("SrcT", DataType.Float32), Type("DstT", DataType.Int32)) is { } integers
            && graph.AddHidden("Cast", List(integers), Type("SrcT", DataType.Int32), Type("DstT", DataType.Float32)) is { } floats)
        {
            graph.Add("AddV2", List(input, floats));
        }
    }

    private static void SpaceToDepth(RandomGraph graph) => graph.Add(graph.Recipe.Pick("SpaceToDepth", "DepthToSpace"), List(graph.Map()), ("block_size", AttributeValue.Of(2L)));

    private static void Pack(RandomGraph graph)
    {
        var input = graph.Any();
        graph.Add("Pack", List(input, input), ("N", AttributeValue.Of(2L)), ("axis", AttributeValue.Of(graph.Recipe.Pick(0L, -1L, 1L))));
    }

    /// <summary>The larger of two by comparison: values that differ in the last place may be taken for one another, not more.</summary>
    private static void Select(RandomGraph graph)
    {
        var input = graph.Any();
        if (graph.AddHidden("Neg", List(input), Type("T", DataType.Float32)) is { } negative
            && graph.AddHidden("Greater", List(input, negative), Type("T", DataType.Float32)) is { } isGreater)
        {
            graph.Add("SelectV2", List(isGreater, input, negative));
        }
    }
}
