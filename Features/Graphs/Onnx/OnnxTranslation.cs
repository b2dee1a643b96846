using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
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

    /// <summary>Makes a translation.</summary>
    /// <param name="builder">Takes the nodes.</param>
    /// <param name="outputNames">Tensors that are outputs of the model, with their names there.</param>
    /// <param name="weights">How weights are kept.</param>
    /// <param name="quantized">Constants that were made from 8-bit ones.</param>
    /// <param name="producer">GraphDef version of the program that wrote the graph.</param>
    public OnnxTranslation(
        OnnxBuilder builder, Dictionary<FlowTensor, string> outputNames, OnnxWeights weights, IReadOnlyDictionary<Tensor, QuantizedConstant> quantized, int producer)
    {
        Builder = builder;
        _outputNames = outputNames;
        Weights = weights;
        Quantized = quantized;
        Producer = producer;
    }

    /// <summary>Takes the nodes.</summary>
    public OnnxBuilder Builder { get; }

    /// <summary>How weights are kept.</summary>
    public OnnxWeights Weights { get; }

    /// <summary>Constants that were made from 8-bit ones, with these.</summary>
    public IReadOnlyDictionary<Tensor, QuantizedConstant> Quantized { get; }

    /// <summary>GraphDef version of the program that wrote the graph; 0 where unknown.</summary>
    public int Producer { get; }

    /// <summary>What a tensor of the graph is called: "node", or "node:1" for a further output.</summary>
    public static string NameOf(FlowTensor tensor) =>
        tensor.Output == 0 ? tensor.Node.Name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{tensor.Node.Name}:{tensor.Output}");

    /// <summary>Translates a node.</summary>
    /// <exception cref="OperationException">ONNX, or this program, can not express it.</exception>
    public void Add(FlowNode node)
    {
        if (node.IsConstant)
        {
            return;
        }

        var context = new OnnxNodeContext(this, node);
        if (!ConversionTable.TryGet(node.Op, out var convert))
        {
            throw context.Fail("the operation has no counterpart in ONNX that this program writes");
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
                : throw new OperationException($"node '{tensor.Node.Name}' ({tensor.Node.Op}): output {tensor.Output} is used, which can not be written as ONNX");
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
        : throw new NotSupportedException($"the constant '{value.Name}' is {Tensor.NameOf(value.Type)}, which is not written as ONNX");

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
