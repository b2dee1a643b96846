using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>One rewriting of the graph, after which it computes the same.</summary>
internal interface IPass
{
    /// <summary>Rewrites.</summary>
    void Run(FlowGraph graph);
}
