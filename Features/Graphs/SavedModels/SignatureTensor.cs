using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.SavedModels;

/// <summary>An input or output of a signature.</summary>
/// <param name="Tensor">The graph's tensor, "node:index".</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">What is known of its shape.</param>
public sealed record SignatureTensor(string Tensor, DataType Type, PartialShape Shape);
