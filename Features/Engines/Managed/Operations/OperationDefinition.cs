using System.Globalization;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>What TensorFlow registers of an operation (inputs, outputs, attributes with defaults), and its plain kernel.</summary>
/// <remarks>
/// Written in the notation of TensorFlow's own registrations:
/// <c>"Conv2D(input: T, filter: T) -> (output: T)"</c> with attributes such as <c>"T: {half, float}"</c>, <c>"strides: list(int)"</c>,
/// <c>"padding: {'SAME', 'VALID'}"</c>, <c>"data_format: {'NHWC', 'NCHW'} = 'NHWC'"</c>, <c>"N: int"</c>; arguments <c>"values: N * T"</c> and
/// <c>"args: Tin"</c> where <c>"Tin: list(type)"</c>.
/// </remarks>
internal sealed class OperationDefinition
{
    private static readonly DataType[] s_numbers =
    [
        DataType.Float32, DataType.Float64, DataType.Int32, DataType.UInt8, DataType.Int16, DataType.Int8, DataType.Int64, DataType.BFloat16,
        DataType.UInt16, DataType.Half, DataType.UInt32, DataType.UInt64, DataType.QInt8, DataType.QUInt8, DataType.QInt32,
    ];

    private static readonly DataType[] s_realNumbers = [.. s_numbers.Where(type => type is not (DataType.QInt8 or DataType.QUInt8 or DataType.QInt32))];

    private OperationDefinition(
        string name, IReadOnlyList<ArgumentDefinition> inputs, IReadOnlyList<ArgumentDefinition> outputs, IReadOnlyList<AttributeDefinition> attributes, OperationKernel kernel)
    {
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        Attributes = attributes;
        Kernel = kernel;
    }

    /// <summary>Operation type.</summary>
    public string Name { get; }

    /// <summary>Inputs in order.</summary>
    public IReadOnlyList<ArgumentDefinition> Inputs { get; }

    /// <summary>Outputs in order.</summary>
    public IReadOnlyList<ArgumentDefinition> Outputs { get; }

    /// <summary>Attributes.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; }

    /// <summary>The plain kernel.</summary>
    public OperationKernel Kernel { get; }

    /// <summary>Reads a definition; a fault in the notation is a fault of this program and throws FormatException.</summary>
    public static OperationDefinition Define(string signature, string[] attributes, OperationKernel kernel)
    {
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var arrow = signature.IndexOf("->", StringComparison.Ordinal);
        var name = signature[..open].Trim();
        var declared = attributes.Select(ParseAttribute).ToArray();
        var inputs = ParseArguments(signature[(open + 1)..signature.LastIndexOf(')', arrow)], declared);
        var outputs = ParseArguments(signature[(arrow + 2)..].Trim().Trim('(', ')'), declared);
        return new OperationDefinition(name, inputs, outputs, declared, kernel);
    }

    private static ArgumentDefinition[] ParseArguments(string text, AttributeDefinition[] attributes) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            var (name, type) = Cut(part, ':');
            string? number = null;
            if (type.Contains('*', StringComparison.Ordinal))
            {
                (number, type) = Cut(type, '*');
            }

            var attribute = attributes.FirstOrDefault(candidate => candidate.Name == type);
            return attribute switch
            {
                null => new ArgumentDefinition(name, ParseType(type), null, number, null),
                { IsList: true } => new ArgumentDefinition(name, DataType.Invalid, null, null, type),
                _ => new ArgumentDefinition(name, DataType.Invalid, type, number, null),
            };
        }),
    ];

    private static AttributeDefinition ParseAttribute(string text)
    {
        var (name, rest) = Cut(text, ':');
        string? fallback = null;
        var equals = rest.LastIndexOf('=');
        if (equals >= 0)
        {
            (rest, fallback) = (rest[..equals].Trim(), rest[(equals + 1)..].Trim());
        }

        var isList = rest.StartsWith("list(", StringComparison.Ordinal);
        if (isList)
        {
            rest = rest[5..^1].Trim();
        }

        DataType[]? types = null;
        string[]? texts = null;
        AttributeKind kind;
        if (rest.StartsWith('{'))
        {
            var choices = rest.Trim('{', '}').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (choices[0].StartsWith('\''))
            {
                kind = AttributeKind.Bytes;
                texts = [.. choices.Select(choice => choice.Trim('\''))];
            }
            else
            {
                kind = AttributeKind.Type;
                types = [.. choices.Select(ParseType)];
            }
        }
        else
        {
            (kind, types) = rest switch
            {
                "type" => (AttributeKind.Type, null),
                "numbertype" => (AttributeKind.Type, s_numbers),
                "realnumbertype" => (AttributeKind.Type, s_realNumbers),
                "int" => (AttributeKind.Int, (DataType[]?)null),
                "float" => (AttributeKind.Float, null),
                "bool" => (AttributeKind.Bool, null),
                "string" => (AttributeKind.Bytes, null),
                "shape" => (AttributeKind.Shape, null),
                "tensor" => (AttributeKind.Tensor, null),
                "func" => (AttributeKind.Function, null),
                _ => throw new FormatException($"attribute '{text}': '{rest}' is no kind of attribute"),
            };
        }

        return new AttributeDefinition(name, kind, isList, types, texts, fallback is null ? null : ParseDefault(fallback, kind, isList));
    }

    private static AttributeValue ParseDefault(string text, AttributeKind kind, bool isList)
    {
        if (isList)
        {
            var elements = text.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return AttributeValue.Of([.. elements.Select(element => ParseDefault(element, kind, false))]);
        }

        return kind switch
        {
            AttributeKind.Bytes => AttributeValue.Of(text.Trim('\'')),
            AttributeKind.Int => AttributeValue.Of(long.Parse(text, CultureInfo.InvariantCulture)),
            AttributeKind.Float => AttributeValue.Of(float.Parse(text, CultureInfo.InvariantCulture)),
            AttributeKind.Bool => AttributeValue.Of(text == "true"),
            AttributeKind.Type => AttributeValue.Of(ParseType(text)),
            AttributeKind.Shape => AttributeValue.Of(PartialShape.Unknown),
            _ => throw new FormatException($"'{text}' is no default of {kind}"),
        };
    }

    private static DataType ParseType(string name) => name switch
    {
        "float" => DataType.Float32,
        "double" => DataType.Float64,
        _ => Enum.TryParse<DataType>(name, ignoreCase: true, out var type) ? type : throw new FormatException($"'{name}' is neither an element type nor an attribute"),
    };

    private static (string Before, string After) Cut(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? throw new FormatException($"'{text}' has no '{separator}'") : (text[..at].Trim(), text[(at + 1)..].Trim());
    }
}
