using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Elementwise;
using MlTransfer.Features.Engines.Managed.Kernels.Quantized;
using MlTransfer.Features.Engines.Managed.Kernels.Strassen;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;
using MlTransfer.Features.Engines.Managed.Operations;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Convolutions: geometry, groups, explicit padding where it pays.</summary>
internal static unsafe class ConvolutionLowering
{
    /// <summary>Up to so many channels, a map is padded by copying, so that all columns of a window are read in one run.</summary>
    private const int MostChannelsToPad = 8;

    /// <summary>Adds the steps.</summary>
    public static void Lower(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        var filter = fused.WeightShape;
        if (shape.Rank != 4)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): the input has shape {shape}; [batch, height, width, channels] is expected");
        }

        if (shape[3] % filter[2] != 0 || shape[3] == 0 || filter[3] % (shape[3] / filter[2]) != 0)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): the input {shape} has {shape[3]} channels; the filter {filter} takes {filter[2]} (or a multiple that divides {filter[3]})");
        }

        var groups = shape[3] / filter[2];
        var geometry = WindowGeometry.Of(node, shape, filter[0], filter[1], filter[3], fused.ExtraPadding);
        var input = builder.ToArena(node, 0);
        if (groups == 1 && shape[3] <= MostChannelsToPad && filter[1] > 1 && geometry.DilationX == 1 && !geometry.StaysInsideRows && geometry.OutPixels > 0)
        {
            (input, geometry) = AddPadding(builder, node, input, geometry);
        }

        var output = new ArenaValue(ShapeRules.Result(node, geometry.Batch, geometry.OutHeight, geometry.OutWidth, geometry.OutChannels));
        var packed = PackedOperation.Of(fused, builder);
        var addend = fused.HasAddend && builder.Input(node, 1).Shape == output.Shape ? builder.ToArena(node, 1) : null;
        var limit = addend is not null || !fused.HasAddend;
        var (low, high) = limit ? (fused.Low, fused.High) : (float.NegativeInfinity, float.PositiveInfinity);
        var part = geometry with { InChannels = filter[2], OutChannels = filter[3] / groups };
        for (var group = 0; group < groups; group++)
        {
            var (firstIn, firstOut) = (group * part.InChannels, group * part.OutChannels);
            var work = CreateWork(builder, packed, part, groups, group, low, high);
            ArenaValue[] reads = addend is null ? [input] : [input, addend];
            builder.Add(new WorkStep(node.Name, work.Name, work, reads, output, (inputs, target) =>
            {
                work.Input = new MapView(inputs[0].Data + firstIn, inputs[0].Pitch);
                work.Addend = inputs.Length > 1 ? new MapView(inputs[1].Data + firstOut, inputs[1].Pitch) : default;
                work.Output = new MapView(target.Data + firstOut, target.Pitch);
            })
            {
                Layer = part.Layer,
                Operations = 2.0 * part.OutPixels * part.Products * part.OutChannels,
                ComputedOperations = work.ComputedOperations,
                WeightBytes = work.WeightBytes,
            });
        }

        if (limit)
        {
            builder.Set(node, output);
        }
        else
        {
            ElementwiseLowering.AddBroadcast(builder, node, output, fused);
        }
    }

    private static ConvolutionWork CreateWork(PlanBuilder builder, PackedOperation packed, ConvolutionShape shape, int groups, int group, float low, float high)
    {
        if (WinogradKernels.Choose(shape) is { } scheme)
        {
            return WinogradKernels.Create(builder.Width, scheme, shape, packed.Transformed(groups, group, scheme, shape.InChannels), low, high, builder.Threads);
        }

        if (builder.Precision == Precision.Int8 && QuantizedKernels.Pays(shape))
        {
            var filter = packed.Quantized(groups, group, QuantizedKernels.PanelWidth(builder.Width));
            return QuantizedKernels.Create(builder.Width, shape, filter, packed.Zeros!.Floats, low, high, builder.Threads);
        }

        if (StrassenKernels.Pays(builder.Width, shape))
        {
            return StrassenKernels.Create(builder.Width, shape, packed.Paired(groups, group), low, high, builder.Threads);
        }

        return ConvolutionKernels.Create(builder.Width, shape, packed.Filters(groups)[group], packed.Zeros!.Floats, low, high, builder.Threads);
    }

    private static (ArenaValue Padded, ConvolutionShape Shape) AddPadding(PlanBuilder builder, FlowNode node, ArenaValue input, ConvolutionShape shape)
    {
        var height = Math.Max(shape.InHeight + shape.PadTop, ((shape.OutHeight - 1) * shape.StrideY) + ((shape.KernelHeight - 1) * shape.DilationY) + 1);
        var width = Math.Max(shape.InWidth + shape.PadLeft, ((shape.OutWidth - 1) * shape.StrideX) + shape.KernelWidth);
        var padded = new ArenaValue(ShapeRules.Result(node, shape.Batch, height, width, shape.InChannels));
        AddPadding(builder, node.Name, input, padded, shape.PadTop, shape.PadLeft);
        return (padded, shape with { InHeight = height, InWidth = width, PadTop = 0, PadLeft = 0 });
    }

    /// <summary>Adds a copy into a larger map of zeros.</summary>
    public static void AddPadding(PlanBuilder builder, string name, ArenaValue input, ArenaValue output, int top, int left)
    {
        var (from, to) = (input.Shape, output.Shape);
        var work = new PaddingWork(new ConvolutionShape(from[0], from[1], from[2], from[3], to[1], to[2], to[3], 1, 1, 1, 1, 1, 1, top, left));
        builder.Add(new WorkStep(name, "pad", work, [input], output, (inputs, target) => (work.Input, work.Output) = (inputs[0], target)));
    }
}
