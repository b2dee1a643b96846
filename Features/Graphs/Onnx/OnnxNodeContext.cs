using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Onnx.Format;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>One node while it is translated: what it reads, and where its results go.</summary>
internal sealed class OnnxNodeContext(OnnxTranslation translation, FlowNode node)
{
    /// <summary>The node.</summary>
    public FlowNode Node { get; } = node;

    /// <summary>The translation it is part of.</summary>
    public OnnxTranslation Translation { get; } = translation;

    /// <summary>Takes the nodes.</summary>
    public OnnxBuilder Builder => Translation.Builder;

    /// <summary>Number of data inputs.</summary>
    public int InputCount => Node.Inputs.Count;

    /// <summary>Element type of the first output.</summary>
    public DataType OutputType => Node.OutputTypes[0];

    /// <summary>An input.</summary>
    public OnnxValue Input(int index) => Translation.Value(Node.Inputs[index]);

    /// <summary>The ONNX name of an input in TensorFlow's order of dimensions.</summary>
    public string Plain(int input) => Translation.Plain(Input(input));

    /// <summary>The ONNX name of an input in NCHW order.</summary>
    public string Planar(int input) => Translation.Planar(Input(input));

    /// <summary>The ONNX name of an input in the order it was computed in.</summary>
    public string Natural(int input) => Input(input).IsPlanar ? Planar(input) : Plain(input);

    /// <summary>An attribute that is an integer.</summary>
    public long Int(string name) => Node.Attribute(name).Int;

    /// <summary>An attribute that is a float.</summary>
    public float Float(string name) => Node.Attribute(name).Float;

    /// <summary>An attribute that is a boolean.</summary>
    public bool Bool(string name) => Node.Attribute(name).Bool;

    /// <summary>An attribute that is a text.</summary>
    public string Text(string name) => Node.Attribute(name).Text;

    /// <summary>An attribute that is a list of integers.</summary>
    public long[] Ints(string name) => [.. Node.Attribute(name).List.Select(element => element.Int)];

    /// <summary>The integers of an input that must be constant.</summary>
    /// <exception cref="OperationException">It is not.</exception>
    public long[] ConstantInts(int input, string what)
    {
        if (SymbolicElements.Integers(Input(input).Constant) is { } constant)
        {
            return constant;
        }

        return Input(input).Elements is { } elements && elements.All(element => element.Symbol is null && element != SymbolicExtent.Unknown)
            ? [.. elements.Select(element => element.Value)]
            : throw Fail($"{what} (input {input}, '{Node.Inputs[input].Node.Name}') is computed while the graph runs; it is written only where it is constant");
    }

    /// <summary>The constant value of an input.</summary>
    /// <exception cref="OperationException">It is not constant.</exception>
    public Tensor Constant(int input, string what) => Input(input).Constant
        ?? throw Fail($"{what} (input {input}, '{Node.Inputs[input].Node.Name}') is computed while the graph runs; it is written only where it is constant");

    /// <summary>An axis counted from the front.</summary>
    /// <exception cref="OperationException">The rank must be known and is not, or the axis is out of range.</exception>
    public int Axis(long axis, int rank)
    {
        if (rank < 0 && axis < 0)
        {
            throw Fail($"axis {axis} counts from the back of a tensor whose number of dimensions is not known; state the shape of the graph's input");
        }

        return rank < 0 || (axis >= -rank && axis < rank) ? (int)(axis < 0 ? axis + rank : axis) : throw Fail($"axis {axis} of a tensor of {rank} dimensions");
    }

    /// <summary>Where a dimension of NHWC is in NCHW.</summary>
    public static int ToPlanar(int axis) => axis switch { 0 => 0, 3 => 1, _ => axis + 1 };

    /// <summary>Adds a node for a value in between and returns its name.</summary>
    public string Emit(string op, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        Builder.Node(op, Builder.Unique($"{Node.Name}/{op}"), inputs, attributes);

    /// <summary>A scalar constant of the first output's type, or another.</summary>
    public string Scalar(double value, DataType? type = null) => Builder.Scalar(type ?? OutputType, value);

    /// <summary>Adds the node that gives an output, in TensorFlow's order of dimensions or in NCHW.</summary>
    /// <param name="planar">Whether the node gives NCHW.</param>
    /// <param name="shape">What is known of the shape, in TensorFlow's order.</param>
    /// <param name="op">ONNX's operation.</param>
    /// <param name="inputs">Names of inputs.</param>
    /// <param name="attributes">Attributes.</param>
    public void Set(bool planar, SymbolicShape shape, string op, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        Builder.Node(op, [Output(0, planar, shape)], inputs, attributes);

    /// <summary>Adds the node that gives an output in TensorFlow's order of dimensions, with what is known of its elements.</summary>
    public void SetPlain(SymbolicShape shape, IReadOnlyList<SymbolicExtent>? elements, string op, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        Builder.Node(op, [Output(0, false, shape, elements)], inputs, attributes);

    /// <summary>Declares an output and returns the name to give it.</summary>
    public string Output(int index, bool planar, SymbolicShape shape, IReadOnlyList<SymbolicExtent>? elements = null)
    {
        var tensor = new FlowTensor(Node, index);
        var asked = Translation.OutputNameOf(tensor);
        var name = OnnxTranslation.NameOf(tensor);
        var value = new OnnxValue { Name = name, Type = tensor.Type, Shape = shape, IsPlanar = planar, OutputName = asked, Elements = elements };
        if (planar)
        {
            value.Planar = Builder.Unique(asked is null ? name : name + "/nchw");
        }
        else
        {
            value.Plain = asked ?? Builder.Unique(name);
        }

        Translation.Set(tensor, value);
        return (planar ? value.Planar : value.Plain)!;
    }

    /// <summary>Hands an input on as an output.</summary>
    public void Forward(int input, int output = 0) => Translation.Set(new FlowTensor(Node, output), Input(input));

    /// <summary>An error that names the node.</summary>
    public OperationException Fail(string reason) => new($"node '{Node.Name}' ({Node.Op}) can not be written as {Translation.Format}: {reason}");
}
