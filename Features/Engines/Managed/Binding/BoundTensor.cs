namespace MlTransfer.Features.Engines.Managed.Binding;

/// <summary>One output of a bound node.</summary>
/// <param name="Node">The node's index in <see cref="BoundGraph.Nodes"/>.</param>
/// <param name="Output">The output's index.</param>
internal readonly record struct BoundTensor(int Node, int Output);
