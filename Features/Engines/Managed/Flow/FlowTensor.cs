namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>One output of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The output's index.</param>
internal readonly record struct FlowTensor(FlowNode Node, int Output)
{
    /// <summary>The value, where it is known when compiling.</summary>
    public Tensors.Tensor? Constant => Node.Constants?[Output];

    /// <summary>The element type.</summary>
    public Tensors.DataType Type => Node.OutputTypes[Output];
}
