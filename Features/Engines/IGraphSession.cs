using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines;

/// <summary>A prepared graph. Any thread may run it; runs of one session are executed one after the other.</summary>
public interface IGraphSession : IDisposable
{
    /// <summary>Computes the fetches.</summary>
    /// <param name="feeds">A value for each feed named at compile time, in that order.</param>
    /// <param name="cancellation">Stops between operations, well within a second.</param>
    /// <returns>One tensor for each fetch, in order; the caller's to keep.</returns>
    /// <exception cref="Managed.Operations.OperationException">A feed's type or shape is refused, or an operation fails.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default);
}
