using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Chooses what computes a node.</summary>
internal static class NodeLowering
{
    /// <summary>Adds the steps of a node whose inputs' shapes are known.</summary>
    public static void Lower(PlanBuilder builder, FlowNode node)
    {
        if (node.Op == "NoOp")
        {
            return;
        }

        if (node.Fused is { } fused)
        {
            switch (fused.Kind)
            {
                case FusedKind.Convolution:
                    ConvolutionLowering.Lower(builder, node, fused);
                    break;
                case FusedKind.Depthwise:
                    DepthwiseLowering.Lower(builder, node, fused);
                    break;
                case FusedKind.Matrix:
                    MatrixLowering.Lower(builder, node, fused);
                    break;
                case FusedKind.Affine:
                    ElementwiseLowering.LowerAffine(builder, node, fused);
                    break;
                default:
                    ElementwiseLowering.LowerAdd(builder, node, fused);
                    break;
            }

            return;
        }

        var done = node.OutputTypes is [DataType.Float32] && node.Inputs.Count > 0 && builder.Input(node, 0) is { Type: DataType.Float32 } && node.Op switch
        {
            "MaxPool" or "AvgPool" => PoolingLowering.TryLowerPool(builder, node),
            "Mean" => PoolingLowering.TryLowerMean(builder, node),
            "Relu" or "Relu6" => ElementwiseLowering.TryLowerLimit(builder, node),
            "Sub" or "Mul" or "RealDiv" => ElementwiseLowering.TryLowerBinary(builder, node),
            "Pad" or "PadV2" => ArrayLowering.TryLowerPad(builder, node),
            "ConcatV2" => ArrayLowering.TryLowerConcat(builder, node, node.Inputs.Count - 1, 0),
            "Reshape" or "Squeeze" or "ExpandDims" => ArrayLowering.TryLowerReshape(builder, node),
            "CheckNumerics" => ArrayLowering.TryLowerCheck(builder, node),
            _ => false,
        };
        if (!done && !(node.Op == "Concat" && node.OutputTypes[0] == DataType.Float32 && ArrayLowering.TryLowerConcat(builder, node, 0, 1)))
        {
            builder.AddHost(node);
        }
    }
}
