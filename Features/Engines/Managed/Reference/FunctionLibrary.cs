using System.Collections.Concurrent;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>The functions of a graph, each bound when it is first called. Safe from any thread.</summary>
internal sealed class FunctionLibrary
{
    private readonly Graph _graph;
    private readonly ConcurrentDictionary<FunctionReference, NodeExecutor> _bound = new(ReferenceEqualityComparer.Instance);

    public FunctionLibrary(Graph graph) => _graph = graph;

    /// <summary>The executor of a function.</summary>
    /// <exception cref="OperationException">The graph has no such function, it takes another number of arguments, or a node of it can not run.</exception>
    /// <exception cref="GraphFormatException">Its body is not legal.</exception>
    public NodeExecutor Get(GraphNode caller, FunctionReference reference, int arguments)
    {
        if (!_graph.Functions.TryGetValue(reference.Name, out var function))
        {
            var near = NearestNames.Find(reference.Name, _graph.Functions.Keys);
            throw new OperationException(
                $"node '{caller.Name}' ({caller.Op}) calls function '{reference.Name}', which is not in the graph's library of {_graph.Functions.Count}" +
                (near.Count > 0 ? $"; the nearest names are {string.Join(", ", near)}" : string.Empty));
        }

        return function.Arguments.Count == arguments
            ? _bound.GetOrAdd(reference, _ => new NodeExecutor(Bind(function, reference)))
            : throw new OperationException(
                $"node '{caller.Name}' ({caller.Op}) calls function '{reference.Name}' with {arguments} arguments; it takes {function.Arguments.Count} ({string.Join(", ", function.Arguments)})");
    }

    private BoundGraph Bind(GraphFunction function, FunctionReference reference)
    {
        // A body is bound as a graph of its own, in which each argument is a placeholder that is fed.
        var arguments = function.Arguments.Select((name, i) => new GraphNode(name, FunctionArgument.Op, [], new Dictionary<string, AttributeValue>
        {
            ["T"] = AttributeValue.Of(function.ArgumentTypes[i]),
        }));
        var source = $"{_graph.Source}, function '{function.Name}'";
        var body = new Graph([.. arguments, .. function.Nodes.Select(node => FunctionInstance.Of(node, reference))], [.. _graph.Functions.Values], _graph.Producer, source);
        var returns = function.Results.Select(result => function.Returns.TryGetValue(result, out var tensor) && !tensor.IsControl && body.TryGetNode(tensor.Node, out _)
            ? tensor
            : throw new GraphFormatException($"{source}: result '{result}' is not returned by any node of the body"));
        foreach (var control in function.ControlReturns)
        {
            if (!body.TryGetNode(control, out _))
            {
                throw new GraphFormatException($"{source}: '{control}' must run but is not in the body");
            }
        }

        return GraphBinder.Bind(body, [.. function.Arguments.Select(name => new NodeInput(name, null, 0))], [.. returns], function.ControlReturns);
    }
}
