using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A tensor that a plan gives.</summary>
/// <param name="Tensor">Which.</param>
/// <param name="Constant">Its value, where it is the same in every run of the plan.</param>
/// <param name="Slot">Else where it is found after the run.</param>
internal sealed record PlanResult(FlowTensor Tensor, Tensor? Constant, int Slot);
