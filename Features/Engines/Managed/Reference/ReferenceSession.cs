using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>A bound graph that is run node by node.</summary>
internal sealed class ReferenceSession : IGraphSession
{
    private readonly BoundGraph _graph;
    private readonly NodeExecutor _executor;
    private readonly FunctionLibrary _functions;
    private readonly Lock _lock = new();

    public ReferenceSession(BoundGraph graph)
    {
        _graph = graph;
        _executor = new NodeExecutor(graph);
        _functions = new FunctionLibrary(graph.Graph);
    }

    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default) => Run(feeds, null, cancellation);

    /// <summary>As <see cref="Run(IReadOnlyList{Tensor}, CancellationToken)"/>; also tells what each node took.</summary>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, List<StepTime>? times, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(feeds);
        _graph.CheckFeeds(feeds);
        lock (_lock)
        {
            return _executor.Run(feeds, new FunctionCaller(_functions, cancellation), cancellation, times);
        }
    }

    public void Dispose()
    {
        // Managed arrays are all there is.
    }
}
