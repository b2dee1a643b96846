using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Operations;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Products with a constant matrix: a 1×1 convolution whose pixels are the rows.</summary>
internal static unsafe class MatrixLowering
{
    /// <summary>Adds the step.</summary>
    public static void Lower(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        var (products, channels) = (fused.WeightShape[fused.TransposeWeights ? 1 : 0], fused.Scale.Length);
        if (shape.Rank != 2 || shape[1] != products)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): the left matrix has shape {shape}; [rows, {products}] is expected for the right one");
        }

        var geometry = new ConvolutionShape(shape[0], 1, 1, products, 1, 1, channels, 1, 1, 1, 1, 1, 1, 0, 0);
        var output = new ArenaValue(ShapeRules.Result(node, shape[0], channels));
        var packed = PackedOperation.Of(fused, builder);
        var work = ConvolutionKernels.Create(builder.Width, geometry, packed.Filters(1)[0], packed.Zeros!.Floats, fused.Low, fused.High, builder.Threads);
        builder.Add(new WorkStep(node.Name, work.Name, work, [builder.ToArena(node, 0)], output, (inputs, target) => (work.Input, work.Output) = (inputs[0], target))
        {
            Layer = "dense",
            Operations = 2.0 * shape[0] * products * channels,
            ComputedOperations = work.ComputedOperations,
            WeightBytes = work.WeightBytes,
        });
        builder.Set(node, output);
    }
}
