using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A tensor that a plan begins with.</summary>
/// <param name="Tensor">Which.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Constant">Its value, where it is the same in every run of the plan.</param>
internal sealed record GivenTensor(FlowTensor Tensor, DataType Type, TensorShape Shape, Tensor? Constant);
