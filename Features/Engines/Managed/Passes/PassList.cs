using MlTransfer.Features.Engines.Managed.Flow;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>The passes in the order in which they run.</summary>
internal static class PassList
{
    private static readonly IPass[] s_passes =
    [
        new IdentityRemoval(),
        new ConstantFolding(),
        new ProductForming(),
        new PaddingFolding(),
        new AffineFolding(),
        new AdditionFolding(),
        new LimitFolding(),
    ];

    /// <summary>Runs all passes.</summary>
    public static void Run(FlowGraph graph)
    {
        foreach (var pass in s_passes)
        {
            pass.Run(graph);
            graph.Prune();
        }
    }
}
