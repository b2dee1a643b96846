using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>What an operation's definition makes of one node: attributes with defaults, and the types of its inputs and outputs.</summary>
internal sealed class NodeSignature
{
    private readonly List<(string Argument, int First)> _outputArguments = [];

    private NodeSignature(OperationDefinition definition, IReadOnlyDictionary<string, AttributeValue> attributes)
    {
        Definition = definition;
        Attributes = attributes;
    }

    /// <summary>The operation.</summary>
    public OperationDefinition Definition { get; }

    /// <summary>Attributes that the operation registers.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; }

    /// <summary>Element type of each data input; Invalid for any.</summary>
    public IReadOnlyList<DataType> InputTypes { get; private init; } = [];

    /// <summary>Element type of each output.</summary>
    public IReadOnlyList<DataType> OutputTypes { get; private set; } = [];

    /// <summary>Checks a node's attributes and number of inputs.</summary>
    /// <exception cref="OperationException">The operation is unknown, an attribute is missing or not allowed, or inputs are too few or many.</exception>
    public static NodeSignature Of(GraphNode node)
    {
        if (!OperationCatalog.TryGet(node.Op, out var definition))
        {
            var near = NearestNames.Find(node.Op, OperationCatalog.Names);
            throw new OperationException(
                $"node '{node.Name}': operation '{node.Op}' is not supported{(near.Count > 0 ? $"; similar ones that are: {string.Join(", ", near)}" : string.Empty)} " +
                $"({OperationCatalog.Names.Count} operations are supported)");
        }

        var attributes = new Dictionary<string, AttributeValue>(definition.Attributes.Count, StringComparer.Ordinal);
        foreach (var attribute in definition.Attributes)
        {
            attributes.Add(attribute.Name, Check(node, attribute));
        }

        var signature = new NodeSignature(definition, attributes) { InputTypes = [.. definition.Inputs.SelectMany(argument => TypesOf(node, argument, attributes))] };
        var outputs = new List<DataType>();
        foreach (var argument in definition.Outputs)
        {
            signature._outputArguments.Add((argument.Name, outputs.Count));
            outputs.AddRange(TypesOf(node, argument, attributes));
        }

        signature.OutputTypes = outputs;
        var count = node.Inputs.Count(input => !input.IsControl);
        return count == signature.InputTypes.Count
            ? signature
            : throw Fail(node, $"{count} inputs are given; the operation takes {signature.InputTypes.Count} ({string.Join(", ", definition.Inputs.Select(argument => argument.Name))})");
    }

    /// <summary>The index of an output that a function body names as "node:argument:index".</summary>
    public int OutputIndex(GraphNode node, string argument, int index)
    {
        foreach (var (name, first) in _outputArguments)
        {
            if (name == argument)
            {
                return first + index;
            }
        }

        throw Fail(node, $"output '{argument}' is used; the operation's outputs are {string.Join(", ", _outputArguments.Select(output => output.Argument))}");
    }

    private static IEnumerable<DataType> TypesOf(GraphNode node, ArgumentDefinition argument, Dictionary<string, AttributeValue> attributes)
    {
        if (argument.TypeListAttribute is { } list)
        {
            return attributes[list].List.Select(element => element.Type);
        }

        var type = argument.TypeAttribute is { } attribute ? attributes[attribute].Type : argument.Type;
        if (argument.NumberAttribute is not { } number)
        {
            return [type];
        }

        // A count is only ever as large as the inputs that are really there, or the outputs an op can sensibly have.
        var count = attributes[number].Int;
        return count is >= 0 and <= 65536 ? Enumerable.Repeat(type, (int)count) : throw Fail(node, $"attribute '{number}' is {count}; 0 to 65536 is expected");
    }

    private static AttributeValue Check(GraphNode node, AttributeDefinition attribute)
    {
        if (!node.Attributes.TryGetValue(attribute.Name, out var value))
        {
            return attribute.Default ?? throw Fail(node, $"attribute '{attribute.Name}' is missing and has no default");
        }

        var expected = attribute.IsList ? AttributeKind.List : attribute.Kind;
        if (value.Kind != expected)
        {
            throw Fail(node, $"attribute '{attribute.Name}' holds {value.Kind}; {(attribute.IsList ? $"a list of {attribute.Kind}" : expected)} is expected");
        }

        foreach (var element in attribute.IsList ? value.List : [value])
        {
            if (element.Kind != attribute.Kind)
            {
                throw Fail(node, $"attribute '{attribute.Name}' lists {element.Kind}; a list of {attribute.Kind} is expected");
            }

            if (attribute.AllowedTypes is { } types && !types.Contains(element.Type))
            {
                throw Fail(node, $"attribute '{attribute.Name}' is {Tensor.NameOf(element.Type)}; supported are {string.Join(", ", types.Select(Tensor.NameOf))}");
            }

            if (attribute.AllowedTexts is { } texts && !texts.Contains(element.Text))
            {
                throw Fail(node, $"attribute '{attribute.Name}' is '{element.Text}'; supported are {string.Join(", ", texts.Select(text => $"'{text}'"))}");
            }
        }

        return value;
    }

    private static OperationException Fail(GraphNode node, string message) => new($"node '{node.Name}' ({node.Op}): {message}");
}
