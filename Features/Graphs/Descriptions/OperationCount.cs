namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>How often an operation occurs.</summary>
/// <param name="Op">Operation type.</param>
/// <param name="Count">Nodes of the type, those in functions included.</param>
/// <param name="IsSupported">Whether the managed engine knows it.</param>
public sealed record OperationCount(string Op, int Count, bool IsSupported);
