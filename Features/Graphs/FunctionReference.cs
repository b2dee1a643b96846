namespace MlTransfer.Features.Graphs;

/// <summary>A call's target: a function of the graph's library and the attributes it is instantiated with.</summary>
/// <param name="Name">Name in <see cref="Graph.Functions"/>.</param>
/// <param name="Attributes">Values for the function's own attributes.</param>
public sealed record FunctionReference(string Name, IReadOnlyDictionary<string, AttributeValue> Attributes);
