using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>Nodes of a function's body as a caller instantiates them.</summary>
internal static class FunctionInstance
{
    /// <summary>The node with the caller's attributes in place of the function's own.</summary>
    /// <exception cref="GraphFormatException">The caller does not give one that is needed.</exception>
    public static GraphNode Of(GraphNode node, FunctionReference reference) => !node.Attributes.Values.Any(value => value.Kind == AttributeKind.Placeholder)
        ? node
        : node with
        {
            Attributes = node.Attributes.ToDictionary(
                pair => pair.Key,
                pair => pair.Value.Kind != AttributeKind.Placeholder ? pair.Value : reference.Attributes.TryGetValue(pair.Value.Placeholder, out var value)
                    ? value
                    : throw new GraphFormatException(
                        $"function '{reference.Name}': node '{node.Name}' takes attribute '{pair.Key}' from '{pair.Value.Placeholder}', which the caller does not give"),
                StringComparer.Ordinal),
        };
}
