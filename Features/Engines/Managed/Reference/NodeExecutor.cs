using System.Diagnostics;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>Runs the nodes of a bound graph in order, keeps each value until its last use, and skips what a Switch has left dead.</summary>
/// <remarks>Immutable; safe from any thread: a run's values are its own.</remarks>
internal sealed class NodeExecutor
{
    private readonly BoundGraph _graph;
    private readonly List<int>?[] _lastUsedBy;

    public NodeExecutor(BoundGraph graph)
    {
        _graph = graph;
        var last = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            last[node.Index] = node.Index;
            foreach (var input in node.Inputs)
            {
                last[input.Node] = node.Index;
            }
        }

        foreach (var fetch in graph.Fetches)
        {
            last[fetch.Node] = int.MaxValue;
        }

        _lastUsedBy = new List<int>?[graph.Nodes.Count];
        for (var i = 0; i < last.Length; i++)
        {
            if (last[i] != int.MaxValue)
            {
                (_lastUsedBy[last[i]] ??= []).Add(i);
            }
        }
    }

    /// <summary>Computes the fetches.</summary>
    /// <param name="feeds">A value for each feed.</param>
    /// <param name="functions">Runs the functions that nodes call.</param>
    /// <param name="cancellation">Stops between nodes.</param>
    /// <param name="times">Gets what each node took that ran, in order; null for no timing.</param>
    /// <exception cref="OperationException">An operation fails, or a fetch is dead.</exception>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, IFunctionCaller functions, CancellationToken cancellation, List<StepTime>? times = null)
    {
        // null: dead, or not needed any more. A node is dead when all of its outputs are, or when it did not run.
        var values = new Tensor?[]?[_graph.Nodes.Count];
        var ran = new bool[_graph.Nodes.Count];
        foreach (var node in _graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            var begun = Stopwatch.GetTimestamp();
            values[node.Index] = node.IsFeed ? [feeds[node.Feed]] : Run(node, values, ran, functions);
            ran[node.Index] = values[node.Index] is not null;
            if (times is not null && ran[node.Index] && !node.IsFeed)
            {
                times.Add(TimeOf(node, values, Stopwatch.GetElapsedTime(begun)));
            }

            foreach (var done in _lastUsedBy[node.Index] ?? [])
            {
                values[done] = null;
            }
        }

        return
        [
            .. _graph.Fetches.Select(fetch => values[fetch.Node]?[fetch.Output] ?? throw new OperationException(
                $"{_graph.Graph.Source}: '{_graph.Nodes[fetch.Node].Name}:{fetch.Output}' has no value: a Switch did not take the branch that it lies in")),
        ];
    }

    private static StepTime TimeOf(BoundNode node, Tensor?[]?[] values, TimeSpan elapsed)
    {
        var outputs = values[node.Index]!;
        var inputs = node.Inputs.Select(input => values[input.Node]?[input.Output]);
        return new StepTime(node.Name, $"plain {node.Op}", outputs.FirstOrDefault(output => output is not null)?.Shape.ToString() ?? string.Empty, elapsed.TotalMilliseconds, 0)
        {
            Bytes = inputs.Concat(outputs).Sum(tensor => tensor?.Bytes ?? 0),
        };
    }

    private Tensor?[]? Run(BoundNode node, Tensor?[]?[] values, bool[] ran, IFunctionCaller functions)
    {
        if (node.Op == "Merge" && node.Definition is not null)
        {
            return Merge(node, values);
        }

        foreach (var control in node.Controls)
        {
            if (!ran[control])
            {
                return null;
            }
        }

        var inputs = new Tensor[node.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (values[node.Inputs[i].Node]?[node.Inputs[i].Output] is not { } value)
            {
                return null;
            }

            inputs[i] = value;
        }

        if (node.Fault is not null)
        {
            throw node.Fault;
        }

        if (node.Op == "Switch")
        {
            return KernelRunner.ReadPredicate(node, inputs[1]) ? [null, inputs[0]] : [inputs[0], null];
        }

        return KernelRunner.Run(node, inputs, _graph.Graph.Producer, functions);
    }

    private static Tensor?[]? Merge(BoundNode node, Tensor?[]?[] values)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (values[node.Inputs[i].Node]?[node.Inputs[i].Output] is { } value)
            {
                return [value, Tensor.From(TensorShape.Scalar, new[] { i })];
            }
        }

        return null;
    }
}
