using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Passes;

/// <summary>Turns convolutions, matrix products and batch norms whose parameters are constant into fused operations, which take up what follows them.</summary>
internal sealed class ProductForming : IPass
{
    /// <summary>Kernels note where each tap of a block of pixels lies; windows of more are left to the plain ones, which need no memory for them.</summary>
    private const int MostTaps = 1 << 14;

    /// <summary>Cells from a window's first tap to its last, for the same reason.</summary>
    private const int MostReach = 1 << 16;

    /// <inheritdoc/>
    public void Run(FlowGraph graph)
    {
        var users = graph.FindUsers();
        foreach (var node in graph.Nodes)
        {
            if (node.IsConstant || node.Source.IsFeed || node.OutputTypes.Count == 0 || node.OutputTypes[0] != DataType.Float32)
            {
                continue;
            }

            node.Fused = node.Op switch
            {
                "Conv2D" => FormConvolution(node),
                "DepthwiseConv2dNative" => FormDepthwise(node),
                "MatMul" => FormMatrix(node),
                "Add" or "AddV2" => node.Inputs.TrueForAll(input => !input.IsConstant) ? new FusedOperation(FusedKind.Add, null, 0) : null,
                _ => FormNorm(node, users, graph.Bound.Graph.Producer),
            };
            if (node.Fused is { Kind: FusedKind.Convolution or FusedKind.Depthwise or FusedKind.Matrix or FusedKind.Affine })
            {
                // Weights and parameters now belong to the fused operation.
                node.Inputs.RemoveRange(1, node.Inputs.Count - 1);
            }
        }
    }

    private static FusedOperation? FormConvolution(FlowNode node)
    {
        if (!node.IsNhwc || node.Inputs[0].IsConstant || node.Inputs[1].Weights is not { Shape: { Rank: 4, Count: > 0 } } weights || !IsSpatial(node, weights.Shape))
        {
            return null;
        }

        return new FusedOperation(FusedKind.Convolution, weights, weights.Shape[3]);
    }

    private static FusedOperation? FormDepthwise(FlowNode node)
    {
        if (!node.IsNhwc || node.Inputs[0].IsConstant || node.Inputs[1].Weights is not { Shape: { Rank: 4, Count: > 0 } } weights || !IsSpatial(node, weights.Shape))
        {
            return null;
        }

        // The plain kernel refuses strides that differ.
        var strides = Ints(node, "strides");
        return strides[1] != strides[2] ? null : new FusedOperation(FusedKind.Depthwise, weights, weights.Shape[2] * weights.Shape[3]);
    }

    private static FusedOperation? FormMatrix(FlowNode node)
    {
        if (node.Inputs[0].IsConstant || node.Attribute("transpose_a").Bool || node.Inputs[1].Weights is not { Shape: { Rank: 2, Count: > 0 } } weights)
        {
            return null;
        }

        var transposed = node.Attribute("transpose_b").Bool;
        return new FusedOperation(FusedKind.Matrix, weights, weights.Shape[transposed ? 0 : 1]) { TransposeWeights = transposed };
    }

    private static FusedOperation? FormNorm(FlowNode node, Dictionary<FlowTensor, List<FlowNode?>> users, int producer)
    {
        for (var output = 1; output < node.OutputTypes.Count; output++)
        {
            if (users.ContainsKey(new FlowTensor(node, output)))
            {
                return null;
            }
        }

        if (ChannelAffine.OfNorm(node, producer) is not { } affine || node.Inputs[0].IsConstant)
        {
            return null;
        }

        var fused = new FusedOperation(FusedKind.Affine, null, affine.Scale.Length);
        fused.Apply(affine.Scale, affine.Shift);
        return fused;
    }

    /// <summary>Strides, dilations and paddings are of rows and columns alone; anything else is left to the plain kernel, which also reports what is not legal.</summary>
    private static bool IsSpatial(FlowNode node, TensorShape filter)
    {
        var (strides, dilations, paddings) = (Ints(node, "strides"), Ints(node, "dilations"), Ints(node, "explicit_paddings"));
        return (long)filter[0] * filter[1] <= MostTaps
            && strides is [1, > 0 and < int.MaxValue, > 0 and < int.MaxValue, 1]
            && dilations is [1, > 0 and <= MostReach and var down, > 0 and <= MostReach and var across, 1]
            && (filter[0] - 1) * down <= MostReach && (filter[1] - 1) * across <= MostReach
            && paddings is [] or [0, 0, >= 0 and < 65536, >= 0 and < 65536, >= 0 and < 65536, >= 0 and < 65536, 0, 0]
            && (node.Attribute("padding").Text == "EXPLICIT") == (paddings.Length == 8);
    }

    private static long[] Ints(FlowNode node, string name) => [.. node.Attribute(name).List.Select(element => element.Int)];
}
