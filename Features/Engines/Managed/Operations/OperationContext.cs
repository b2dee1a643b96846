using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>What a kernel sees of its node: the inputs' values and the attributes, defaults filled in.</summary>
internal sealed class OperationContext
{
    /// <summary>Most elements that an operation makes from a stated size: 2^29.</summary>
    public const long MaxElements = 1L << 29;

    private readonly IReadOnlyDictionary<string, AttributeValue> _attributes;
    private readonly IFunctionCaller? _functions;

    /// <summary>Makes a context.</summary>
    /// <param name="node">The node, for messages.</param>
    /// <param name="attributes">All attributes the operation registers, checked, defaults filled in.</param>
    /// <param name="inputs">Values of the data inputs, in order.</param>
    /// <param name="producer">GraphDef version of the graph's producer.</param>
    /// <param name="functions">Runs the functions that the node calls; null where none can be called.</param>
    public OperationContext(
        GraphNode node,
        IReadOnlyDictionary<string, AttributeValue> attributes,
        IReadOnlyList<Tensor> inputs,
        int producer,
        IFunctionCaller? functions = null)
    {
        _functions = functions;
        Node = node;
        _attributes = attributes;
        Inputs = inputs;
        Producer = producer;
    }

    /// <summary>The node.</summary>
    public GraphNode Node { get; }

    /// <summary>Values of the data inputs, in order.</summary>
    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>GraphDef version of the graph's producer; a few old ops depend on it.</summary>
    public int Producer { get; }

    /// <summary>An attribute as it is.</summary>
    public AttributeValue Attribute(string name) => _attributes.TryGetValue(name, out var value) ? value : throw Fail($"attribute '{name}' is missing");

    /// <summary>Whether the operation registers an attribute; families that share a kernel differ in this.</summary>
    public bool Has(string name) => _attributes.ContainsKey(name);

    /// <summary>An integer attribute.</summary>
    public long Int(string name) => Attribute(name).Int;

    /// <summary>A float attribute.</summary>
    public float Float(string name) => Attribute(name).Float;

    /// <summary>A boolean attribute.</summary>
    public bool Bool(string name) => Attribute(name).Bool;

    /// <summary>A text attribute.</summary>
    public string Text(string name) => Attribute(name).Text;

    /// <summary>An element type attribute.</summary>
    public DataType Type(string name) => Attribute(name).Type;

    /// <summary>A list of integers.</summary>
    public long[] Ints(string name) => [.. Attribute(name).List.Select(element => element.Int)];

    /// <summary>A list of texts.</summary>
    public string[] Texts(string name) => [.. Attribute(name).List.Select(element => element.Text)];

    /// <summary>Runs a function of the graph's library.</summary>
    public Tensor[] Call(FunctionReference function, IReadOnlyList<Tensor> arguments) =>
        _functions is null ? throw Fail($"function '{function.Name}' can not be called here") : [.. _functions.Call(Node, function, arguments)];

    /// <summary>A shape made of sizes that the graph or its inputs state; refuses negative and absurdly large ones.</summary>
    public TensorShape Shape(params ReadOnlySpan<long> extents)
    {
        long count = 1;
        var sizes = new int[extents.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (extents[i] is < 0 or > MaxElements)
            {
                throw Fail($"a tensor of shape [{string.Join(",", extents.ToArray())}] can not be made: extents lie in 0 to {MaxElements}");
            }

            sizes[i] = (int)extents[i];
            count = Math.Min(MaxElements + 1, count) * Math.Max(1, extents[i]);
        }

        return count <= MaxElements || extents.Contains(0L)
            ? new TensorShape(sizes)
            : throw Fail($"a tensor of shape [{string.Join(",", sizes)}] can not be made: at most {MaxElements} elements are allowed");
    }

    /// <summary>The values of an integer input (int8 to int64 or uint8, any shape) as 64-bit numbers.</summary>
    public long[] IntValues(int input)
    {
        var tensor = Inputs[input];
        return tensor.Type switch
        {
            DataType.Int32 => Array.ConvertAll(tensor.AsSpan<int>().ToArray(), value => (long)value),
            DataType.Int64 => tensor.AsSpan<long>().ToArray(),
            DataType.Int16 => Array.ConvertAll(tensor.AsSpan<short>().ToArray(), value => (long)value),
            DataType.Int8 => Array.ConvertAll(tensor.AsSpan<sbyte>().ToArray(), value => (long)value),
            DataType.UInt8 => Array.ConvertAll(tensor.AsSpan<byte>().ToArray(), value => (long)value),
            _ => throw Fail($"input {input} is {Tensor.NameOf(tensor.Type)}; an integer type is expected"),
        };
    }

    /// <summary>The value of an integer input that must be a scalar (or, as old graphs have it, a vector of one).</summary>
    public long IntValue(int input)
    {
        var tensor = Inputs[input];
        return tensor.Count == 1 && tensor.Shape.Rank <= 1
            ? IntValues(input)[0]
            : throw Fail($"input {input} has shape {tensor.Shape}; a scalar is expected");
    }

    /// <summary>A dimension counted from either end, as a number from 0 to rank − 1.</summary>
    /// <param name="axis">From −rank to rank − 1.</param>
    /// <param name="rank">Number of dimensions.</param>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Fail($"axis {axis} is not in [{-rank}, {rank})");

    /// <summary>The same node with other inputs, for a kernel made of other kernels.</summary>
    public OperationContext WithInputs(IReadOnlyList<Tensor> inputs) => new(Node, _attributes, inputs, Producer, _functions);

    /// <summary>An error that names the node: <c>throw context.Fail("found …; expected …")</c>.</summary>
    public OperationException Fail(string message) => new($"node '{Node.Name}' ({Node.Op}): {message}");
}
