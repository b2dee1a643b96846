using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>Runs a graph node by node with the plain kernel of every operation. Slow, obviously right: what the compiled engine is tested against.</summary>
/// <remarks>Stateless, hence thread-safe. The number of threads asked for is not used: one computes.</remarks>
public sealed class ReferenceEngine : IGraphEngine
{
    /// <inheritdoc/>
    public string Name => "reference";

    /// <inheritdoc/>
    public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(feeds);
        ArgumentNullException.ThrowIfNull(fetches);
        return new ReferenceSession(GraphBinder.Bind(graph, feeds, fetches));
    }
}
