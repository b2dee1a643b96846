using MlTransfer.Features.Engines.Managed.Threading;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>What steps share while a plan runs.</summary>
/// <param name="Host">Managed tensors by slot.</param>
/// <param name="Pool">Threads.</param>
/// <param name="Cancellation">Ends the run early.</param>
internal sealed record RunState(Tensor?[] Host, WorkerPool Pool, CancellationToken Cancellation);
