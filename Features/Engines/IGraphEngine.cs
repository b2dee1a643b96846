using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines;

/// <summary>Turns a graph into something that runs.</summary>
public interface IGraphEngine
{
    /// <summary>Name for messages and reports: "managed", "libtensorflow".</summary>
    string Name { get; }

    /// <summary>Checks the part of the graph that the fetches need and prepares it. The rest is neither checked nor required.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="feeds">Tensors whose values will be given ("input:0"; ":0" may be left out). A fed tensor's producers do not run.</param>
    /// <param name="fetches">Tensors wanted.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="GraphFormatException">The graph is not legal, or a name is not in it (the message offers the nearest).</exception>
    /// <exception cref="Managed.Operations.OperationException">An operation is unknown or its arguments can not be.</exception>
    IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null);
}
