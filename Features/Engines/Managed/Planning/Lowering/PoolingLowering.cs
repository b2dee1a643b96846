using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Pooling;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Poolings, and means over whole maps, which are poolings too.</summary>
internal static class PoolingLowering
{
    /// <summary>Adds the step of a MaxPool or AvgPool over rows and columns; false for one that is not.</summary>
    public static bool TryLowerPool(PlanBuilder builder, FlowNode node)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        long[] window = [.. node.Attribute("ksize").List.Select(element => element.Int)];
        long[] strides = [.. node.Attribute("strides").List.Select(element => element.Int)];
        if (!node.IsNhwc || shape.Rank != 4 || node.Attribute("padding").Text == "EXPLICIT"
            || (node.Source.Attributes.TryGetValue("explicit_paddings", out var paddings) && paddings.List.Count > 0)
            || window is not [1, > 0 and < int.MaxValue, > 0 and < int.MaxValue, 1] || strides is not [1, > 0 and < int.MaxValue, > 0 and < int.MaxValue, 1])
        {
            return false;
        }

        Add(builder, node, WindowGeometry.Of(node, shape, (int)window[1], (int)window[2], shape[3], null), node.Op == "AvgPool", null);
        return true;
    }

    /// <summary>Adds the step of a Mean over rows and columns; false for one over anything else.</summary>
    public static bool TryLowerMean(PlanBuilder builder, FlowNode node)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        if (shape.Rank != 4 || shape.Count == 0 || builder.Input(node, 1).Constant is not { Type: DataType.Int32, Count: 2 } axes)
        {
            return false;
        }

        var (a, b) = (axes.AsSpan<int>()[0], axes.AsSpan<int>()[1]);
        if (((a < 0 ? a + 4 : a), (b < 0 ? b + 4 : b)) is not ((1, 2) or (2, 1)))
        {
            return false;
        }

        var result = node.Attribute("keep_dims").Bool ? new TensorShape(shape[0], 1, 1, shape[3]) : new TensorShape(shape[0], shape[3]);
        Add(builder, node, new ConvolutionShape(shape[0], shape[1], shape[2], shape[3], 1, 1, shape[3], shape[1], shape[2], 1, 1, 1, 1, 0, 0), true, result);
        return true;
    }

    private static void Add(PlanBuilder builder, FlowNode node, ConvolutionShape shape, bool average, TensorShape? result)
    {
        var output = new ArenaValue(result ?? ShapeRules.Result(node, shape.Batch, shape.OutHeight, shape.OutWidth, shape.OutChannels));
        var work = PoolingWork.Create(builder.Width, shape, average);
        builder.Add(new WorkStep(node.Name, average ? "average pool" : "max pool", work, [builder.ToArena(node, 0)], output, (inputs, target) =>
            (work.Input, work.Output) = (inputs[0], target))
        {
            Layer = $"pool {shape.Layer}",
            Operations = (double)shape.OutPixels * shape.OutChannels * shape.KernelHeight * shape.KernelWidth,
        });
        builder.Set(node, output);
    }
}
