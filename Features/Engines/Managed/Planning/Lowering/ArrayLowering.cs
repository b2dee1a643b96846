using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Operations that move or rename values, or only look at them.</summary>
internal static class ArrayLowering
{
    /// <summary>Joins maps along their channels: where it can be, each is written to its place by whoever makes it; else it is copied there.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="node">The node.</param>
    /// <param name="axisInput">Which input is the axis.</param>
    /// <param name="firstValue">Which input is the first value.</param>
    public static bool TryLowerConcat(PlanBuilder builder, FlowNode node, int axisInput, int firstValue)
    {
        if (builder.Input(node, axisInput).Constant is not { Type: DataType.Int32, Count: 1 } axis)
        {
            return false;
        }

        var count = node.Inputs.Count - 1;
        var first = builder.Input(node, firstValue).Shape!.Value;
        var last = first.Rank - 1;
        if (first.Rank == 0 || (axis.AsSpan<int>()[0] != last && axis.AsSpan<int>()[0] != -1))
        {
            return false;
        }

        var channels = 0L;
        for (var i = 0; i < count; i++)
        {
            var shape = builder.Input(node, firstValue + i).Shape!.Value;
            if (shape.Rank != first.Rank || !shape.Extents[..last].SequenceEqual(first.Extents[..last]))
            {
                return false;
            }

            channels += shape[last];
        }

        var output = new ArenaValue(ShapeRules.Result(node, [.. first.Extents[..last].ToArray(), channels]));
        var place = 0;
        for (var i = 0; i < count; i++)
        {
            var value = builder.ToArena(node, firstValue + i);
            if (value.Channels == 0)
            {
                continue;
            }

            if (value.CanBecomeSlice)
            {
                value.PlaceIn(output, place);
            }
            else
            {
                var slice = new ArenaValue(value.Shape);
                slice.PlaceIn(output, place);
                builder.AddCopy(node.Name, value, slice);
            }

            place += value.Channels;
        }

        builder.Set(node, output);
        return true;
    }

    /// <summary>Gives a value another shape without moving it.</summary>
    public static bool TryLowerReshape(PlanBuilder builder, FlowNode node)
    {
        var input = builder.Input(node, 0);
        if (input.Arena is null || ReshapeRules.Infer(node, input.Shape!.Value, node.Inputs.Count > 1 ? builder.Input(node, 1).Constant : null) is not { } shape)
        {
            return false;
        }

        builder.Set(node, builder.ToDenseArena(node, 0).Alias(shape));
        return true;
    }

    /// <summary>Surrounds maps by zeros.</summary>
    public static bool TryLowerPad(PlanBuilder builder, FlowNode node)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        if (shape.Rank != 4 || PaddingFolding.Read(node) is not [var top, var bottom, var left, var right])
        {
            return false;
        }

        var output = new ArenaValue(ShapeRules.Result(node, shape[0], (long)shape[1] + top + bottom, (long)shape[2] + left + right, shape[3]));
        ConvolutionLowering.AddPadding(builder, node.Name, builder.ToArena(node, 0), output, top, left);
        builder.Set(node, output);
        return true;
    }

    /// <summary>Checks that all elements are finite and hands the value on.</summary>
    public static bool TryLowerCheck(PlanBuilder builder, FlowNode node)
    {
        var input = builder.Input(node, 0);
        if (input.Arena is not { } value)
        {
            return false;
        }

        builder.Add(new CheckStep(node.Source, value));
        builder.Set(node, 0, input);
        return true;
    }
}
