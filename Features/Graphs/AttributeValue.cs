using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>One attribute of a node. Immutable; safe from any thread.</summary>
/// <remarks>Source: TensorFlow, attr_value.proto.</remarks>
public sealed class AttributeValue
{
    private readonly object _value;
    private readonly (DataType Type, PartialShape Shape)? _header;

    private AttributeValue(AttributeKind kind, object value, (DataType Type, PartialShape Shape)? header = null)
    {
        Kind = kind;
        _value = value;
        _header = header;
    }

    /// <summary>What it holds.</summary>
    public AttributeKind Kind { get; }

    /// <summary>The bytes, where <see cref="Kind"/> is Bytes.</summary>
    public byte[] Bytes => Get<byte[]>(AttributeKind.Bytes);

    /// <summary>The bytes as UTF-8 text, where <see cref="Kind"/> is Bytes.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary>The integer, where <see cref="Kind"/> is Int.</summary>
    public long Int => Get<long>(AttributeKind.Int);

    /// <summary>The float, where <see cref="Kind"/> is Float.</summary>
    public float Float => Get<float>(AttributeKind.Float);

    /// <summary>The boolean, where <see cref="Kind"/> is Bool.</summary>
    public bool Bool => Get<bool>(AttributeKind.Bool);

    /// <summary>The element type, where <see cref="Kind"/> is Type.</summary>
    public DataType Type => Get<DataType>(AttributeKind.Type);

    /// <summary>The shape, where <see cref="Kind"/> is Shape.</summary>
    public PartialShape Shape => Get<PartialShape>(AttributeKind.Shape);

    /// <summary>The tensor, where <see cref="Kind"/> is Tensor; decoded at first use, when a malformed one throws <see cref="GraphFormatException"/>.</summary>
    public Tensor Tensor => Get<Lazy<Tensor>>(AttributeKind.Tensor).Value;

    /// <summary>Type and shape that the tensor states, without decoding it.</summary>
    internal (DataType Type, PartialShape Shape) TensorHeader => _header ?? (Tensor.Type, new PartialShape([.. Tensor.Shape.ToArray().Select(extent => (long)extent)]));

    /// <summary>The function, where <see cref="Kind"/> is Function.</summary>
    public FunctionReference Function => Get<FunctionReference>(AttributeKind.Function);

    /// <summary>The elements, where <see cref="Kind"/> is List.</summary>
    public IReadOnlyList<AttributeValue> List => Get<IReadOnlyList<AttributeValue>>(AttributeKind.List);

    /// <summary>The name, where <see cref="Kind"/> is Placeholder.</summary>
    public string Placeholder => Get<string>(AttributeKind.Placeholder);

    /// <summary>Makes an attribute of bytes.</summary>
    public static AttributeValue Of(byte[] value) => new(AttributeKind.Bytes, value);

    /// <summary>Makes an attribute of text.</summary>
    public static AttributeValue Of(string value) => new(AttributeKind.Bytes, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>Makes an attribute of an integer.</summary>
    public static AttributeValue Of(long value) => new(AttributeKind.Int, value);

    /// <summary>Makes an attribute of a float.</summary>
    public static AttributeValue Of(float value) => new(AttributeKind.Float, value);

    /// <summary>Makes an attribute of a boolean.</summary>
    public static AttributeValue Of(bool value) => new(AttributeKind.Bool, value);

    /// <summary>Makes an attribute of an element type.</summary>
    public static AttributeValue Of(DataType value) => new(AttributeKind.Type, value);

    /// <summary>Makes an attribute of a shape.</summary>
    public static AttributeValue Of(PartialShape value) => new(AttributeKind.Shape, value);

    /// <summary>Makes an attribute of a tensor.</summary>
    public static AttributeValue Of(Tensor value) => new(AttributeKind.Tensor, new Lazy<Tensor>(value));

    /// <summary>Makes an attribute of a function.</summary>
    public static AttributeValue Of(FunctionReference value) => new(AttributeKind.Function, value);

    /// <summary>Makes an attribute of a list.</summary>
    public static AttributeValue Of(IReadOnlyList<AttributeValue> value) => new(AttributeKind.List, value);

    internal static AttributeValue OfLazy(DataType type, PartialShape shape, Func<Tensor> decode) =>
        new(AttributeKind.Tensor, new Lazy<Tensor>(decode), (type, shape));

    internal static AttributeValue OfPlaceholder(string name) => new(AttributeKind.Placeholder, name);

    private T Get<T>(AttributeKind kind) => Kind == kind
        ? (T)_value
        : throw new GraphFormatException($"the attribute holds {Kind}, {kind} is needed");
}
