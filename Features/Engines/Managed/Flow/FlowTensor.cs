using MlTransfer.Features.Engines.Managed.Kernels.Weights;

namespace MlTransfer.Features.Engines.Managed.Flow;

/// <summary>One output of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The output's index.</param>
internal readonly record struct FlowTensor(FlowNode Node, int Output)
{
    /// <summary>The value, where it is known when compiling.</summary>
    public Tensors.Tensor? Constant => Node.Constants?[Output];

    /// <summary>Whether the value is known when compiling.</summary>
    public bool IsConstant => Node.IsConstant;

    /// <summary>The value as weights, where it is known when compiling and of floats.</summary>
    public ConstantWeights? Weights
    {
        get
        {
            if (Node.Coded is { } coded)
            {
                var node = Node;
                return new ConstantWeights(coded, () => node.Constants![0]);
            }

            return Constant is { Type: Tensors.DataType.Float32 } floats ? new ConstantWeights(floats) : null;
        }
    }

    /// <summary>The element type.</summary>
    public Tensors.DataType Type => Node.OutputTypes[Output];
}
