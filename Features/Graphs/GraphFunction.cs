using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs;

/// <summary>A function of a graph's library.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Arguments">Names of the arguments, in order.</param>
/// <param name="ArgumentTypes">Their element types; Invalid where an attribute of the function gives it.</param>
/// <param name="Results">Names of the results, in order.</param>
/// <param name="Nodes">The body; inputs are spelled "argument" or "node:output_arg:index".</param>
/// <param name="Returns">For each result name, the tensor of the body that it returns.</param>
/// <param name="ControlReturns">Nodes of the body that run even if no result needs them.</param>
public sealed record GraphFunction(
    string Name,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<DataType> ArgumentTypes,
    IReadOnlyList<string> Results,
    IReadOnlyList<GraphNode> Nodes,
    IReadOnlyDictionary<string, NodeInput> Returns,
    IReadOnlyList<string> ControlReturns);
