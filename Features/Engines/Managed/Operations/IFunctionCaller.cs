using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>Runs functions of the graph's library for the operations that call them (PartitionedCall, If, While …).</summary>
internal interface IFunctionCaller
{
    /// <summary>Runs a function.</summary>
    /// <param name="caller">The calling node, for messages.</param>
    /// <param name="function">The function and its attributes.</param>
    /// <param name="arguments">A value for each argument, in order.</param>
    /// <returns>A value for each result, in order.</returns>
    IReadOnlyList<Tensor> Call(GraphNode caller, FunctionReference function, IReadOnlyList<Tensor> arguments);
}
