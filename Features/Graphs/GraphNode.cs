namespace MlTransfer.Features.Graphs;

/// <summary>One node of a graph, as the file has it: defaults are not filled in.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Op">Operation type, for example "Conv2D".</param>
/// <param name="Inputs">Data inputs in order, then control dependencies.</param>
/// <param name="Attributes">Attributes by name.</param>
public sealed record GraphNode(
    string Name, string Op, IReadOnlyList<NodeInput> Inputs, IReadOnlyDictionary<string, AttributeValue> Attributes);
