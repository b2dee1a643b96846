using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Descriptions;

/// <summary>A tensor that a graph expects to be fed.</summary>
/// <param name="Tensor">Its name, "input:0".</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Shape declared; unknown where none is.</param>
/// <param name="HasDefault">Whether the graph runs without it (PlaceholderWithDefault, or a constant that feeds an image decoder).</param>
public sealed record GraphInput(string Tensor, DataType Type, PartialShape Shape, bool HasDefault);
