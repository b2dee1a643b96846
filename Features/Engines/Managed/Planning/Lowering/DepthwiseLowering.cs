using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Depthwise;
using MlTransfer.Features.Engines.Managed.Operations;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Depthwise convolutions.</summary>
internal static class DepthwiseLowering
{
    /// <summary>Adds the step.</summary>
    public static void Lower(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        var filter = fused.WeightShape;
        if (shape.Rank != 4 || shape[3] != filter[2])
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): the input has shape {shape}; [batch, height, width, {filter[2]}] is expected for the filter {filter}");
        }

        var geometry = WindowGeometry.Of(node, shape, filter[0], filter[1], filter[2] * filter[3], fused.ExtraPadding);
        var output = new ArenaValue(ShapeRules.Result(node, geometry.Batch, geometry.OutHeight, geometry.OutWidth, geometry.OutChannels));
        var packed = PackedOperation.Of(fused, builder);
        var work = DepthwiseWork.Create(builder.Width, geometry, packed.Depthwise!, fused.Low, fused.High);
        builder.Add(new WorkStep(node.Name, "depthwise", work, [builder.ToArena(node, 0)], output, (inputs, target) => (work.Input, work.Output) = (inputs[0], target))
        {
            Layer = $"depthwise {geometry.Layer}",
            WeightBytes = packed.Depthwise!.Bytes,
            Operations = 2.0 * geometry.OutPixels * geometry.OutChannels * geometry.KernelHeight * geometry.KernelWidth,
        });
        builder.Set(node, output);
    }
}
