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
        ChannelsFirst, AddMany, Product, Normalization, Gather, Batches, Reverse, Wide,
    ];

    /// <summary>Operations that never look from one image of a batch at another.</summary>
    private static readonly Action<RandomGraph>[] s_imageOperations =
        [Convolution, Convolution, Depthwise, Pool, Pool, Norm, Bias, Activation, Residual, Block, Block, Gate, Resize, ChannelsFirst, Normalization, SpaceToDepth, Wide];

    /// <summary>Grows a graph of one input, [batch, height, width, 32], that treats each image by itself.</summary>
    public static RandomGraph GrowForImages(byte[] bytes)
    {
        var graph = new RandomGraph(new Recipe(bytes)) { KeepsImagesApart = true };
        graph.AddInput(new TensorShape(1, 8, 8, 32));
        while (graph.Recipe.IsLeft)
        {
            s_imageOperations[graph.Recipe.Next(s_imageOperations.Length)](graph);
        }

        return graph;
    }

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
        var (height, width) = choose.Pick((1, 1), (3, 3), (1, 7), (7, 1), (5, 5), (1, 3), (3, 1), (2, 3), (3, 3), (4, 2), (2, 2), (9, 11));
        var groups = choose.Rarely(5) && channels % 2 == 0 ? 2 : 1;
        var outputs = choose.Pick(8, 1, 3, 17, 32) * groups;
        var filter = graph.Weights(height, width, channels / groups, outputs);
        var name = graph.Add("Conv2D", List(input, filter), Window(choose));
        After(graph, name, outputs);

        // The same weights again, on another map or with other windows.
        if (choose.Rarely(6))
        {
            After(graph, graph.Add("Conv2D", List(choose.Pick(graph.Map(), input), filter), Window(choose)), outputs);
        }
    }

    private static void Depthwise(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var channels = graph.Shape(input)[3];
        var (height, width) = choose.Pick((3, 3), (1, 1), (5, 5), (2, 3), (1, 7), (7, 4));
        var filter = graph.Weights(height, width, channels, choose.Pick(1, 1, 2, 3));
        var name = graph.Add("DepthwiseConv2dNative", List(input, filter), Window(choose));
        After(graph, name, name is null ? 0 : graph.Shape(name)[3]);
    }

    /// <summary>1×1 convolutions of so many channels that products are worth saving, and back to few.</summary>
    private static void Wide(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var (middle, outputs) = (choose.Pick(288, 256, 290), choose.Pick(130, 160, 140));
        (string, AttributeValue)[] Strides(int stride) => [Longs("strides", 1, stride, stride, 1), ("padding", AttributeValue.Of(choose.Pick("SAME", "VALID")))];
        if (graph.Add("Conv2D", List(input, graph.Weights(1, 1, graph.Shape(input)[3], middle)), Strides(1)) is { } wide
            && graph.Add("Conv2D", List(wide, graph.Weights(1, 1, middle, outputs)), Strides(choose.Pick(1, 1, 2))) is { } map)
        {
            graph.Add("Conv2D", List(choose.Rarely(2) ? graph.Add("Relu", List(map)) ?? map : map, graph.Weights(1, 1, outputs, 8)), Strides(1));
        }
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

    private static (string Name, AttributeValue Value)[] Window(Recipe choose)
    {
        var (strideY, strideX) = choose.Pick((1, 1), (1, 1), (2, 2), (3, 2), (1, 2), (3, 3));
        var (dilationY, dilationX) = choose.Rarely(4) ? choose.Pick((2, 2), (2, 3), (1, 2), (4, 1)) : (1, 1);
        var padding = choose.Pick("SAME", "VALID", "SAME", "EXPLICIT");
        (string, AttributeValue)[] attributes = [Longs("strides", 1, strideY, strideX, 1), ("padding", AttributeValue.Of(padding)), Longs("dilations", 1, dilationY, dilationX, 1)];
        return padding == "EXPLICIT" ? [.. attributes, Longs("explicit_paddings", 0, 0, choose.Next(3), choose.Next(3), choose.Next(3), choose.Next(3), 0, 0)] : attributes;
    }

    private static void Pool(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var (height, width) = choose.Pick((3, 3), (2, 2), (1, 3), (7, 7), (5, 1), (1, 1), (4, 11));
        var (down, across) = choose.Pick((1, 1), (2, 2), (3, 3), (2, 1), (1, 3));
        graph.Add(
            choose.Pick("MaxPool", "AvgPool"), List(graph.Map()), Longs("ksize", 1, height, width, 1), Longs("strides", 1, down, across, 1), ("padding", AttributeValue.Of(choose.Pick("SAME", "VALID"))));
    }

    private static void Norm(RandomGraph graph)
    {
        var input = graph.Map();
        Norm(graph, input, graph.Shape(input)[3]);
    }

    private static string? Norm(RandomGraph graph, string input, int channels)
    {
        var op = graph.Recipe.Pick("FusedBatchNormV3", "FusedBatchNormV3", "FusedBatchNorm", "FusedBatchNormV2");
        return graph.Add(
            op,
            List(input, graph.Positive(channels), graph.Floats(channels), graph.Floats(channels), graph.Positive(channels)),
            Type("U", DataType.Float32),
            ("is_training", AttributeValue.Of(!graph.KeepsImagesApart && graph.Recipe.Rarely(12))));
    }

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
        graph.Add(graph.Recipe.Pick("Sub", "Mul", "Maximum", "Minimum", "SquaredDifference", "RealDiv"), graph.Recipe.Pick(List(a, b), List(b, a)));
    }

    /// <summary>Another tensor of the same shape, or a constant or pixel that broadcasts, or one that need not fit.</summary>
    private static string Like(RandomGraph graph, string name)
    {
        var shape = graph.Shape(name);
        var last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        return graph.Recipe.Next(9) switch
        {
            7 => Folded(graph, name) ?? name,
            8 => name,
            0 => graph.Maps.Last(other => graph.Shape(other) == shape),
            1 => graph.Floats(last),
            2 => graph.Floats(1, 1, 1, last),
            3 => graph.Constant(Tensor.From(TensorShape.Scalar, new[] { 0.75f })),
            4 => graph.Maps.First(other => graph.Shape(other) == shape),
            5 => graph.Any(),
            _ => shape.Rank == 4 ? graph.Floats(1, shape[1], shape[2], 1) : graph.Floats(last),
        };
    }

    /// <summary>A tensor of which some extents are 1 where another's are not: the mean over them.</summary>
    private static string? Folded(RandomGraph graph, string name)
    {
        var rank = graph.Shape(name).Rank;
        var axes = graph.Recipe.Pick<int[]>([1, 2], [-1], [0], [1], [1, 2, 3], [0, 1, 2]);
        return rank == 4 ? graph.Add("Mean", List(name, graph.Ints(axes)), ("keep_dims", AttributeValue.Of(true)), Type("Tidx", DataType.Int32)) : null;
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
        var number = ("N", AttributeValue.Of((long)count));
        switch (graph.Recipe.Next(4))
        {
            case 1:
                graph.Add("Concat", [graph.Scalar(axis), .. parts], number);
                break;
            case 2:
                graph.Add("ConcatV2", [.. parts, graph.Constant(Tensor.From(TensorShape.Scalar, new[] { (long)axis }))], number, Type("Tidx", DataType.Int64));
                break;
            default:
                graph.Add("ConcatV2", [.. parts, graph.Scalar(axis)], number, Type("Tidx", DataType.Int32));
                break;
        }
    }

    private static void Pad(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        int[] margins = [0, choose.Pick(0, 0, 0, 1), choose.Next(3), choose.Next(3), choose.Next(3), choose.Next(3), 0, choose.Pick(0, 0, 0, 1)];
        var pads = graph.Matrix(2, margins);
        var padded = choose.Next(6) switch
        {
            1 => graph.Add("PadV2", List(input, pads, graph.Constant(Tensor.From(TensorShape.Scalar, new[] { 0.5f }))), Type("Tpaddings", DataType.Int32)),
            2 => graph.Add("PadV2", List(input, pads, graph.Constant(Tensor.From(TensorShape.Scalar, new[] { 0f }))), Type("Tpaddings", DataType.Int32)),
            3 => graph.Add("MirrorPad", List(input, pads), Type("Tpaddings", DataType.Int32), ("mode", AttributeValue.Of(choose.Pick("REFLECT", "SYMMETRIC")))),
            4 => graph.Add("Pad", List(input, graph.Constant(Tensor.From(new TensorShape(4, 2), Array.ConvertAll(margins, margin => (long)margin)))), Type("Tpaddings", DataType.Int64)),
            _ => graph.Add("Pad", List(input, pads), Type("Tpaddings", DataType.Int32)),
        };
        if (padded is not null && choose.Rarely(2))
        {
            var channels = graph.Shape(padded)[3];
            _ = choose.Rarely(3)
                ? graph.Add("DepthwiseConv2dNative", List(padded, graph.Weights(3, 3, channels, 1)), Window(choose))
                : graph.Add("Conv2D", List(padded, graph.Weights(3, 3, channels, 8)), Window(choose));
        }
    }

    private static void Mean(RandomGraph graph)
    {
        var axes = graph.Recipe.Pick<int[]>([1, 2], [2, 1], [-3, -2], [1], [0, 1, 2], [3], [0]);
        var wide = graph.Recipe.Rarely(4);
        var input = graph.Map();
        graph.Add(
            "Mean",
            List(input, wide ? graph.Constant(Tensor.From(new TensorShape(axes.Length), Array.ConvertAll(axes, axis => (long)axis))) : graph.Ints(axes)),
            ("keep_dims", AttributeValue.Of(graph.Recipe.Rarely(2))),
            Type("Tidx", wide ? DataType.Int64 : DataType.Int32));
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
        var axis = graph.Recipe.Pick(3, -1, 2, 0);
        var extent = graph.Shape(input)[axis < 0 ? 3 : axis];
        var parts = extent % 3 == 0 ? 3 : extent % 2 == 0 ? 2 : 1;
        var name = graph.Recipe.Next(3) switch
        {
            1 => graph.Add("SplitV", List(input, graph.Ints(extent / 3, -1), graph.Scalar(axis)), ("num_split", AttributeValue.Of(2L)), Type("Tlen", DataType.Int32)),
            2 => graph.Add("Unpack", List(input), ("num", AttributeValue.Of((long)extent)), ("axis", AttributeValue.Of((long)axis))),
            _ => graph.Add("Split", List(graph.Scalar(axis), input), ("num_split", AttributeValue.Of((long)parts))),
        };
        if (name is not null && graph.Recipe.Rarely(2))
        {
            graph.AddOutput(name, 1);
        }
    }

    private static void Slice(RandomGraph graph)
    {
        var choose = graph.Recipe;
        graph.Add("Slice", List(graph.Map(), graph.Ints(0, choose.Next(2), choose.Next(2), choose.Next(3)), graph.Ints(-1, -1, choose.Pick(-1, 1), choose.Pick(-1, 1))), Type("Index", DataType.Int32));
    }

    private static void StridedSlice(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var spans = choose.Pick(4, 4, 1, 2, 3, 5);
        int[] Numbers(params int[] from) => [.. Enumerable.Range(0, spans).Select(_ => choose.Pick(from))];
        long Mask(int times) => Enumerable.Range(0, spans).Sum(bit => choose.Rarely(times) ? 1L << bit : 0);
        graph.Add(
            "StridedSlice",
            List(choose.Pick(graph.Map(), graph.Any()), graph.Ints(Numbers(0, 1, -2, 2)), graph.Ints(Numbers(5, 9, -1, 3)), graph.Ints(Numbers(1, 1, 2, 1, -1))),
            Type("Index", DataType.Int32),
            ("begin_mask", AttributeValue.Of(Mask(2))),
            ("end_mask", AttributeValue.Of(Mask(2))),
            ("ellipsis_mask", AttributeValue.Of(choose.Rarely(3) ? 1L << choose.Next(spans) : 0)),
            ("new_axis_mask", AttributeValue.Of(Mask(6))),
            ("shrink_axis_mask", AttributeValue.Of(Mask(5))));
    }

    private static void Resize(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var half = choose.Rarely(2);
        graph.Add(
            choose.Pick("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"), List(graph.Map(), graph.Ints(choose.Pick(5, 9, 1), choose.Pick(6, 11))), ("half_pixel_centers", AttributeValue.Of(half)), ("align_corners", AttributeValue.Of(!half && choose.Rarely(2))));
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

    /// <summary>What networks that were drawn for graphics processors hold: maps as [batch, channels, height, width].</summary>
    private static void ChannelsFirst(RandomGraph graph)
    {
        var choose = graph.Recipe;
        var layout = ("data_format", AttributeValue.Of("NCHW"));
        if (graph.Add("Transpose", List(graph.Map(), graph.Ints(0, 3, 1, 2)), Type("Tperm", DataType.Int32)) is not { } map)
        {
            return;
        }

        for (var step = 0; step < 3; step++)
        {
            var channels = graph.Shape(map)[1];
            var stride = choose.Pick(1, 2);
            var dilation = stride == 1 && choose.Rarely(2) ? 2 : 1;
            (string Name, AttributeValue Value)[] window =
            [
                layout, Longs("strides", 1, 1, stride, stride), Longs("dilations", 1, 1, dilation, dilation), Longs("ksize", 1, 1, 3, 2), ("padding", AttributeValue.Of(choose.Pick("SAME", "VALID"))),
            ];
            var next = choose.Next(7) switch
            {
                0 => graph.Add("Conv2D", List(map, graph.Weights(3, 2, channels, 8)), window),
                1 => graph.Add("DepthwiseConv2dNative", List(map, graph.Weights(3, 3, channels, 2)), window),
                2 => graph.Add(choose.Pick("MaxPool", "AvgPool"), List(map), window),
                3 => graph.Add("BiasAdd", List(map, graph.Floats(channels)), layout),
                4 => graph.Add(
                    "FusedBatchNormV3",
                    List(map, graph.Positive(channels), graph.Floats(channels), graph.Floats(channels), graph.Positive(channels)),
                    layout,
                    Type("U", DataType.Float32),
                    ("is_training", AttributeValue.Of(false))),
                5 => graph.Add("Relu", List(map)),
                _ => null,
            };
            map = next ?? map;
        }

        graph.Add("Transpose", List(map, graph.Ints(0, 2, 3, 1)), Type("Tperm", DataType.Int32));
    }

    private static void AddMany(RandomGraph graph)
    {
        var first = graph.Any();
        var second = graph.Maps.First(other => graph.Shape(other) == graph.Shape(first));
        var terms = graph.Recipe.Pick(List(first, second, first), List(first), List(second, first));
        graph.Add("AddN", terms, ("N", AttributeValue.Of((long)terms.Length)));
    }

    /// <summary>Products of matrices of which neither is constant.</summary>
    private static void Product(RandomGraph graph)
    {
        var input = graph.Any();
        var (left, right) = (graph.Recipe.Rarely(2), graph.Recipe.Rarely(2));
        _ = graph.Shape(input).Rank == 2
            ? graph.Add("MatMul", List(input, input), ("transpose_a", AttributeValue.Of(left)), ("transpose_b", AttributeValue.Of(!left)))
            : graph.Add("BatchMatMulV2", List(input, input), ("adj_x", AttributeValue.Of(left)), ("adj_y", AttributeValue.Of(right)));
    }

    private static void Normalization(RandomGraph graph)
    {
        var choose = graph.Recipe;
        _ = choose.Rarely(2)
            ? graph.Add("LogSoftmax", List(graph.Any()))
            : graph.Add("LRN", List(graph.Map()), ("depth_radius", AttributeValue.Of((long)choose.Pick(5, 1, 2))), ("alpha", AttributeValue.Of(0.5f)), ("beta", AttributeValue.Of(0.75f)));
    }

    private static void Gather(RandomGraph graph)
    {
        var axis = graph.Recipe.Pick(3, 0, -1, 1);
        graph.Add(
            "GatherV2", List(graph.Map(), graph.Ints(graph.Recipe.Pick<int[]>([0, 0], [1], [2, 0, 1], [])), graph.Scalar(axis)), Type("Tparams", DataType.Float32), Type("Tindices", DataType.Int32), Type("Taxis", DataType.Int32));
    }

    /// <summary>Dilated convolution as TensorFlow 1 wrote it: blocks of space become images and back.</summary>
    private static void Batches(RandomGraph graph)
    {
        var (input, choose) = (graph.Map(), graph.Recipe);
        var channels = graph.Shape(input)[3];
        (string, AttributeValue)[] types = [Type("Tblock_shape", DataType.Int32), Type("Tpaddings", DataType.Int32), Type("Tcrops", DataType.Int32)];
        var blocks = graph.Ints(2, 2);
        var (height, width) = (graph.Shape(input)[1], graph.Shape(input)[2]);
        var margins = graph.Matrix(2, 2, 2 + (height % 2), 2, 2 + (width % 2));
        if (graph.Add("SpaceToBatchND", List(input, blocks, margins), types) is { } batches
            && graph.Add("Conv2D", List(batches, graph.Weights(3, 3, channels, 8)), Longs("strides", 1, 1, 1, 1), ("padding", AttributeValue.Of("VALID"))) is { } map)
        {
            graph.Add("BatchToSpaceND", List(choose.Rarely(2) ? graph.Add("Relu", List(map)) ?? map : map, blocks, graph.Matrix(2, 0, height % 2, 0, width % 2)), types);
        }
    }

    private static void Reverse(RandomGraph graph) => graph.Add("ReverseV2", List(graph.Map(), graph.Ints(graph.Recipe.Pick<int[]>([-1], [1, 2], [0], []))), Type("Tidx", DataType.Int32));

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
