using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>Runs one node's plain kernel; whatever goes wrong inside is reported as the node's error.</summary>
internal static class KernelRunner
{
    /// <summary>Runs a node that is no Switch, no Merge and no feed.</summary>
    /// <exception cref="OperationException">The operation fails.</exception>
    public static Tensor[] Run(BoundNode node, IReadOnlyList<Tensor> inputs, int producer, IFunctionCaller? functions)
    {
        var context = new OperationContext(node.Source, node.Attributes, inputs, producer, functions);
        Tensor[] outputs;
        try
        {
            outputs = node.Definition!.Kernel(context);
        }
        catch (Exception fault) when (fault is ArgumentException or ArithmeticException or InvalidOperationException or IndexOutOfRangeException
            or NotSupportedException or OutOfMemoryException or InvalidCastException or GraphFormatException)
        {
            throw new OperationException(
                $"node '{node.Name}' ({node.Op}) can not be computed for inputs {string.Join(", ", inputs.Select(input => $"{Tensor.NameOf(input.Type)} {input.Shape}"))}: {fault.Message}",
                fault);
        }

        for (var i = 0; i < outputs.Length && i < node.OutputTypes.Count; i++)
        {
            if (outputs[i].Type != node.OutputTypes[i] && node.OutputTypes[i] != DataType.Invalid)
            {
                throw new OperationException(
                    $"node '{node.Name}' ({node.Op}): output {i} is {Tensor.NameOf(outputs[i].Type)}; the graph declares {Tensor.NameOf(node.OutputTypes[i])}");
            }
        }

        return outputs.Length == node.OutputTypes.Count
            ? outputs
            : throw new OperationException($"node '{node.Name}' ({node.Op}) gave {outputs.Length} outputs; {node.OutputTypes.Count} are declared");
    }

    /// <summary>The predicate of a Switch.</summary>
    public static bool ReadPredicate(BoundNode node, Tensor predicate) => predicate.Count == 1 && predicate.Shape.Rank == 0
        ? predicate.AsSpan<bool>()[0]
        : throw new OperationException($"node '{node.Name}' ({node.Op}): the predicate has shape {predicate.Shape}; a scalar is expected");
}
