using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.Onnx.Conversions;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>Turns the nodes of a graph into those of a model, one after the other.</summary>
internal sealed class OnnxTranslation
{
    private static readonly long[] s_toPlanar = [0, 3, 1, 2];
    private static readonly long[] s_toPlain = [0, 2, 3, 1];

    private readonly Dictionary<FlowTensor, OnnxValue> _values = [];
    private readonly Dictionary<FlowTensor, string> _outputNames;

    private OnnxTranslation(OnnxBuilder builder, ExportGraph source, Dictionary<FlowTensor, string> outputNames, ExportWeights weights)
    {
        Builder = builder;
        Source = source;
        _outputNames = outputNames;
        Weights = weights;
    }

    /// <summary>What the format is called in messages.</summary>
    public string Format { get; private init; } = "ONNX";

    /// <summary>Whether only shapes are asked for, so that weights need not be written.</summary>
    public bool IsForShapes { get; private init; }

    /// <summary>Takes the nodes.</summary>
    public OnnxBuilder Builder { get; }

    /// <summary>The graph.</summary>
    public ExportGraph Source { get; }

    /// <summary>How weights are kept.</summary>
    public ExportWeights Weights { get; }

    /// <summary>Translates all nodes of a graph.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="outputs">Names that the fetched tensors have in the model.</param>
    /// <param name="weights">How weights are kept.</param>
    public static OnnxTranslation Of(ExportGraph source, IReadOnlyList<string> outputs, ExportWeights weights)
    {
        var names = new Dictionary<FlowTensor, string>();
        for (var i = 0; i < outputs.Count; i++)
        {
            names.TryAdd(source.Flow.Fetches[i], outputs[i]);
        }

        var builder = new OnnxBuilder(outputs.Concat(source.Bound.Feeds.Select(feed => ExportGraph.NameOf(feed.Name))));
        return new OnnxTranslation(builder, source, names, weights).Run();
    }

    /// <summary>Works out shapes alone, for a format that knows no more operations than ONNX.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="format">What the format is called in messages.</param>
    public static OnnxTranslation ForShapes(ExportGraph source, string format) =>
        new OnnxTranslation(new OnnxBuilder([]), source, [], ExportWeights.Float) { IsForShapes = true, Format = format }.Run();

    /// <summary>What a tensor of the graph is called: "node", or "node:1" for a further output.</summary>
    public static string NameOf(FlowTensor tensor) =>
        tensor.Output == 0 ? tensor.Node.Name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{tensor.Node.Name}:{tensor.Output}");

    private OnnxTranslation Run()
    {
        var (feeds, nodes) = (Source.Bound.Feeds, Source.Flow.Nodes);
        foreach (var node in nodes.Where(node => node.Source.IsFeed))
        {
            var feed = feeds[node.Source.Feed];
            var (tensor, name) = (new FlowTensor(node, 0), ExportGraph.NameOf(feed.Name));
            Set(tensor, new OnnxValue { Name = name, Type = TypeOf(feed), Shape = ShapeOf(feed), Plain = name, OutputName = OutputNameOf(tensor) });
        }

        foreach (var node in nodes.Where(node => !node.Source.IsFeed))
        {
            Add(node);
        }

        return this;
    }

    /// <summary>The type of an input. A fed constant of unknown type can only be what its users say; float is what images are.</summary>
    /// <exception cref="OperationException">The type is not one for tensors of numbers.</exception>
    public DataType TypeOf(BoundFeed feed) => feed.Type switch
    {
        DataType.Invalid => DataType.Float32,
        DataType.String or DataType.Resource or DataType.Variant => throw new OperationException(
            $"'{feed.Name}' takes {Tensor.NameOf(feed.Type)}, which {Format} models do not: decoding of image files is left to the caller. Name the tensor behind it that takes pixels."),
        var type => type,
    };

    /// <summary>The shape of an input; what is not known of it has a name, the number of images the name N.</summary>
    public SymbolicShape ShapeOf(BoundFeed feed) => feed.Shape.Extents is not { } extents
        ? SymbolicShape.Unknown
        : new SymbolicShape([.. extents.Select((extent, i) => extent >= 0 ? extent : new SymbolicExtent(-1, i == 0 && Source.Bound.Feeds.Count == 1 ? "N" : $"{ExportGraph.NameOf(feed.Name)}_{i}"))]);

    private void Add(FlowNode node)
    {
        if (node.IsConstant)
        {
            return;
        }

        var context = new OnnxNodeContext(this, node);
        if (!ConversionTable.TryGet(node.Op, out var convert))
        {
            throw context.Fail("the operation has no counterpart that this program writes");
        }

        try
        {
            convert(context);
        }
        catch (Exception fault) when (fault is NotSupportedException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            throw context.Fail(fault.Message);
        }
    }

    /// <summary>The value of a tensor; constants get one when they are first asked for.</summary>
    public OnnxValue Value(FlowTensor tensor)
    {
        if (!_values.TryGetValue(tensor, out var value))
        {
            value = tensor.Constant is { } constant
                ? new OnnxValue { Name = NameOf(tensor), Type = constant.Type, Shape = SymbolicShape.Of(constant.Shape), Constant = constant, Elements = SymbolicElements.Of(constant) }
                : throw new OperationException($"node '{tensor.Node.Name}' ({tensor.Node.Op}): output {tensor.Output} is used, which can not be written as {Format}");
            _values.Add(tensor, value);
        }

        return value;
    }

    /// <summary>Says what a tensor is.</summary>
    public void Set(FlowTensor tensor, OnnxValue value) => _values.Add(tensor, value);

    /// <summary>The name under which a tensor is an output of the model, or null.</summary>
    public string? OutputNameOf(FlowTensor tensor) => _outputNames.GetValueOrDefault(tensor);

    /// <summary>The ONNX name of a value in TensorFlow's order of dimensions.</summary>
    public string Plain(OnnxValue value) => value.Plain ??= value.Constant is { } constant
        ? Builder.Constant(value.Name, ElementType(value), constant.Shape.ToArray().Select(extent => (long)extent), constant.AsBytes().ToArray())
        : Builder.Node("Transpose", value.OutputName ?? Builder.Unique(value.Name + "/nhwc"), [value.Planar!], OnnxAttribute.Ints("perm", s_toPlain));

    /// <summary>The ONNX name of a value in NCHW order; one of less than four dimensions gets leading ones, as broadcasting gives them. Scalars stay scalars.</summary>
    public string Planar(OnnxValue value)
    {
        if (value.Planar is not null)
        {
            return value.Planar;
        }

        if (value.Shape.Count == 1 && value.Shape.Rank < 4)
        {
            return value.Planar = value.Shape.Rank == 0 ? Plain(value) : Builder.Node("Reshape", Builder.Unique(value.Name + "/scalar"), [Plain(value), Builder.Ints()]);
        }

        if (value.Constant is { } constant)
        {
            int[] extents = [.. Enumerable.Repeat(1, 4 - constant.Shape.Rank), .. constant.Shape.ToArray()];
            return value.Planar = Builder.Constant(
                value.Name, ElementType(value), ((int[])[extents[0], extents[3], extents[1], extents[2]]).Select(extent => (long)extent), ToPlanar(constant, extents));
        }

        var plain = Plain(value);
        if (value.Shape.Rank is >= 0 and < 4)
        {
            plain = Builder.Node("Unsqueeze", Builder.Unique(value.Name + "/wide"), [plain, Builder.Ints([.. Enumerable.Range(0, 4 - value.Shape.Rank).Select(axis => (long)axis)])]);
        }

        return value.Planar = Builder.Node("Transpose", Builder.Unique(value.Name + "/nchw"), [plain], OnnxAttribute.Ints("perm", s_toPlanar));
    }

    private static int ElementType(OnnxValue value) => OnnxElementType.Of(value.Type) is var type and not (0 or 8)
        ? type
        : throw new NotSupportedException($"the constant '{value.Name}' is {Tensor.NameOf(value.Type)}, which is not written");

    private static byte[] ToPlanar(Tensor tensor, int[] extents)
    {
        var source = tensor.AsBytes();
        var size = tensor.Count == 0 ? 0 : source.Length / tensor.Count;
        var target = new byte[source.Length];
        var (pixels, channels) = (extents[1] * extents[2], extents[3]);
        for (var image = 0; image < extents[0]; image++)
        {
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    source.Slice(((((image * pixels) + pixel) * channels) + channel) * size, size).CopyTo(target.AsSpan(((((image * channels) + channel) * pixels) + pixel) * size));
                }
            }
        }

        return target;
    }
}
