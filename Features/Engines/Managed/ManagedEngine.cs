using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed;

/// <summary>
/// Compiles a graph, then runs it: constants are folded, batch norms, biases and activations fused into convolutions, memory is planned, and the
/// fast kernels of this library compute what they can, the plain ones the rest. Nothing native is needed.
/// </summary>
/// <remarks>
/// Stateless, hence thread-safe. An image's results are the same bits whatever its batch, its neighbours and the number of threads. A graph that
/// branches at run time (Switch, If, While …) is run by the plain kernels alone.
/// </remarks>
public sealed class ManagedEngine : IGraphEngine
{
    private readonly LaneWidth _width;

    /// <summary>Makes the engine for this processor.</summary>
    public ManagedEngine()
        : this(LaneWidths.Best)
    {
    }

    /// <summary>Makes the engine with kernels of a given register width, which the processor need not have.</summary>
    internal ManagedEngine(LaneWidth width) => _width = width;

    /// <inheritdoc/>
    public string Name => "managed";

    /// <inheritdoc/>
    public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null) =>
        CompileManaged(graph, feeds, fetches, options);

    /// <summary>As <see cref="Compile"/>; the session can also time its steps.</summary>
    public ManagedSession CompileManaged(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(feeds);
        ArgumentNullException.ThrowIfNull(fetches);
        var bound = GraphBinder.Bind(graph, feeds, fetches);
        if (ControlFlow.IsUsed(bound))
        {
            return new ManagedSession(bound, null, _width, options ?? new EngineOptions());
        }

        var flow = FlowGraph.Of(bound);
        PassList.Run(flow);
        return new ManagedSession(bound, flow, _width, options ?? new EngineOptions());
    }
}
