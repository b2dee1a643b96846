using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>A tensor that no node of its graph consumes.</summary>
/// <param name="Tensor">Its name, "predictions:0".</param>
/// <param name="Op">The operation that makes it.</param>
/// <param name="Type">Element type; Invalid where the operation is not known.</param>
public sealed record GraphOutput(string Tensor, string Op, DataType Type);
