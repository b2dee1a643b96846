using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Computes, once and with the plain kernels, what depends on constants alone. What fails is left for the run to report.</summary>
internal sealed class ConstantFolding : IPass
{
    /// <summary>Whether an operation gives the same result each time.</summary>
    public static bool IsRepeatable(FlowNode node) =>
        !node.Source.IsFeed && node.Fused is null && node.Source.Definition is not null
        && !node.Op.StartsWith("Random", StringComparison.Ordinal)
        && node.Op is not ("TruncatedNormal" or "ParameterizedTruncatedNormal" or "Multinomial" or "Assert" or "CheckNumerics" or "NoOp");

    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (!IsRepeatable(node) || !node.Inputs.TrueForAll(input => input.Constant is not null))
            {
                continue;
            }

            try
            {
                node.Constants = KernelRunner.Run(node.Source, [.. node.Inputs.Select(input => input.Constant!)], graph.Bound.Graph.Producer, null);
            }
            catch (OperationException)
            {
                // The run raises it, if it gets that far.
            }
        }
    }
}
