using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that join tensors and take them apart.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc.</remarks>
internal static class JoinOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Concat(concat_dim: int32, values: N * T) -> (output: T)", ["N: int", "T: type"], context => Concat(context, [.. context.Inputs.Skip(1)], 0)),
        Define(
            "ConcatV2(values: N * T, axis: Tidx) -> (output: T)",
            ["N: int", "T: type", "Tidx: {int32, int64} = int32"],
            context => Concat(context, [.. context.Inputs.SkipLast(1)], context.Inputs.Count - 1)),
        Define("Pack(values: N * T) -> (output: T)", ["N: int", "T: type", "axis: int = 0"], Pack),
        Define("Unpack(value: T) -> (output: num * T)", ["num: int", "T: type", "axis: int = 0"], Unpack),
        Define("Split(split_dim: int32, value: T) -> (output: num_split * T)", ["num_split: int", "T: type"], Split),
        Define(
            "SplitV(value: T, size_splits: Tlen, split_dim: int32) -> (output: num_split * T)",
            ["num_split: int", "T: type", "Tlen: {int8, int32, int64} = int64"],
            SplitV),
    ];

    private static Tensor[] Concat(OperationContext context, Tensor[] parts, int axisInput)
    {
        if (parts.Length == 0)
        {
            throw context.Fail("there is nothing to join; at least one tensor is expected");
        }

        var first = parts[0].Shape;
        var axis = context.Axis(context.IntValue(axisInput), first.Rank);
        var extents = Array.ConvertAll(first.ToArray(), extent => (long)extent);
        foreach (var part in parts.Skip(1))
        {
            if (part.Shape.Rank != first.Rank)
            {
                throw context.Fail($"shapes {first} and {part.Shape} can not be joined: their ranks differ");
            }

            for (var i = 0; i < first.Rank; i++)
            {
                if (i != axis && part.Shape[i] != first[i])
                {
                    throw context.Fail($"shapes {first} and {part.Shape} can not be joined along dimension {axis}: dimension {i} must be equal");
                }
            }

            extents[axis] += part.Shape[axis];
        }

        return [parts.Length == 1 ? parts[0] : Arrangement.Concat(parts, axis, context.Shape(extents))];
    }

    private static Tensor[] Pack(OperationContext context)
    {
        if (context.Inputs.Count == 0)
        {
            throw context.Fail("there is nothing to pack; at least one tensor is expected");
        }

        var shape = context.Inputs[0].Shape;
        var axis = context.Axis(context.Int("axis"), shape.Rank + 1);
        List<int> part = [.. shape.ToArray()];
        part.Insert(axis, 1);
        var whole = part.Select(extent => (long)extent).ToArray();
        whole[axis] = context.Inputs.Count;
        var parts = context.Inputs.Select(input => input.Shape == shape
            ? input.Reshape(new TensorShape([.. part]))
            : throw context.Fail($"shapes {shape} and {input.Shape} can not be packed: all must be equal"));
        return [Arrangement.Concat([.. parts], axis, context.Shape(whole))];
    }

    private static Tensor[] Unpack(OperationContext context)
    {
        var value = context.Inputs[0];
        var axis = context.Axis(context.Int("axis"), value.Shape.Rank);
        if (value.Shape[axis] != context.Int("num"))
        {
            throw context.Fail($"dimension {axis} of shape {value.Shape} is to be unpacked into {context.Int("num")} tensors");
        }

        var shape = new TensorShape([.. value.Shape.ToArray().Where((_, i) => i != axis)]);
        return [.. Enumerable.Range(0, value.Shape[axis]).Select(i => Arrangement.Slice(value, axis, i, 1).Reshape(shape))];
    }

    private static Tensor[] Split(OperationContext context)
    {
        var value = context.Inputs[1];
        var axis = context.Axis(context.IntValue(0), value.Shape.Rank);
        var count = (int)context.Int("num_split");
        if (count < 1 || value.Shape[axis] % count != 0)
        {
            throw context.Fail($"dimension {axis} of shape {value.Shape} can not be split into {count} equal parts");
        }

        var size = value.Shape[axis] / count;
        return [.. Enumerable.Range(0, count).Select(i => Arrangement.Slice(value, axis, i * size, size))];
    }

    private static Tensor[] SplitV(OperationContext context)
    {
        var value = context.Inputs[0];
        var sizes = context.IntValues(1);
        var axis = context.Axis(context.IntValue(2), value.Shape.Rank);
        var open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            sizes[open] = value.Shape[axis] - sizes.Where((_, i) => i != open).Sum();
        }

        if (sizes.Length != context.Int("num_split") || sizes.Any(size => size < 0 || size > value.Shape[axis]) || sizes.Sum() != value.Shape[axis])
        {
            throw context.Fail($"dimension {axis} of shape {value.Shape} can not be split into {context.Int("num_split")} parts of [{string.Join(",", context.IntValues(1))}]");
        }

        var parts = new Tensor[sizes.Length];
        var begin = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Arrangement.Slice(value, axis, begin, (int)sizes[i]);
            begin += (int)sizes[i];
        }

        return parts;
    }
}
