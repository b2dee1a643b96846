using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that take boxes out of tensors, put them into larger ones and reorder cells.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc and manip_ops.cc.</remarks>
internal static class SliceOperations
{
    private const string IndexType = "{int32, int64} = int32";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Slice(input: T, begin: Index, size: Index) -> (output: T)", ["T: type", "Index: {int32, int64}"], Slice),
        Define(
            "StridedSlice(input: T, begin: Index, end: Index, strides: Index) -> (output: T)",
            ["T: type", "Index: {int16, int32, int64}", "begin_mask: int = 0", "end_mask: int = 0", "ellipsis_mask: int = 0", "new_axis_mask: int = 0", "shrink_axis_mask: int = 0"],
            StridedSliceKernel.Run),
        Define("Pad(input: T, paddings: Tpaddings) -> (output: T)", ["T: type", $"Tpaddings: {IndexType}"], context => Pad(context, null)),
        Define("PadV2(input: T, paddings: Tpaddings, constant_values: T) -> (output: T)", ["T: type", $"Tpaddings: {IndexType}"], context => Pad(context, context.Inputs[2])),
        Define("MirrorPad(input: T, paddings: Tpaddings) -> (output: T)", ["T: type", $"Tpaddings: {IndexType}", "mode: {'REFLECT', 'SYMMETRIC'}"], MirrorPad),
        Define("ReverseV2(tensor: T, axis: Tidx) -> (output: T)", ["Tidx: {int32, int64} = int32", "T: type"], ReverseV2),
        Define("Reverse(tensor: T, dims: bool) -> (output: T)", ["T: type"], ReverseV1),
        Define("Roll(input: T, shift: Tshift, axis: Taxis) -> (output: T)", ["T: type", "Tshift: {int32, int64}", "Taxis: {int32, int64}"], Roll),
        Define("Tile(input: T, multiples: Tmultiples) -> (output: T)", ["T: type", $"Tmultiples: {IndexType}"], Tile),
        Define("Transpose(x: T, perm: Tperm) -> (y: T)", ["T: type", $"Tperm: {IndexType}"], Transpose),
    ];

    /// <summary>Reads a [rank, 2] input of cells before and after each dimension.</summary>
    public static (int[] Before, int[] After) ReadMargins(OperationContext context, int input, int rank)
    {
        var shape = context.Inputs[input].Shape;
        if (shape.Rank != 2 || shape[0] != rank || shape[1] != 2)
        {
            throw context.Fail($"input {input} has shape {shape}; [{rank},2] is expected");
        }

        var values = context.IntValues(input);
        var (before, after) = (new int[rank], new int[rank]);
        for (var i = 0; i < rank; i++)
        {
            if (values[2 * i] is < 0 or > int.MaxValue || values[(2 * i) + 1] is < 0 or > int.MaxValue)
            {
                throw context.Fail($"dimension {i} has margins {values[2 * i]} and {values[(2 * i) + 1]}; none may be negative");
            }

            (before[i], after[i]) = ((int)values[2 * i], (int)values[(2 * i) + 1]);
        }

        return (before, after);
    }

    private static Tensor[] Slice(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var (begin, size) = (context.IntValues(1), context.IntValues(2));
        if (begin.Length != tensor.Shape.Rank || size.Length != tensor.Shape.Rank)
        {
            throw context.Fail($"begin has {begin.Length} and size {size.Length} values; shape {tensor.Shape} needs {tensor.Shape.Rank}");
        }

        for (var i = 0; i < size.Length; i++)
        {
            if (begin[i] < 0 || begin[i] > tensor.Shape[i])
            {
                throw context.Fail($"begin[{i}] is {begin[i]}; 0 to {tensor.Shape[i]} is expected for shape {tensor.Shape}");
            }

            size[i] = size[i] == -1 ? tensor.Shape[i] - begin[i] : size[i];
            if (size[i] < 0 || size[i] > tensor.Shape[i] - begin[i])
            {
                throw context.Fail($"size[{i}] is {size[i]}; 0 to {tensor.Shape[i] - begin[i]} is expected for shape {tensor.Shape} and begin {begin[i]}");
            }
        }

        return [Arrangement.Slice(tensor, Array.ConvertAll(begin, value => (int)value), Array.ConvertAll(size, value => (int)value))];
    }

    private static Tensor[] Pad(OperationContext context, Tensor? filling)
    {
        var tensor = context.Inputs[0];
        if (filling is not null && filling.Count != 1)
        {
            throw context.Fail($"the filling has shape {filling.Shape}; a scalar is expected");
        }

        var (before, after) = ReadMargins(context, 1, tensor.Shape.Rank);
        return [Arrangement.Place(tensor, context.Shape(Enlarge(tensor.Shape, before, after)), before, filling)];
    }

    private static long[] Enlarge(TensorShape shape, int[] before, int[] after) => [.. before.Select((cells, i) => (long)cells + shape[i] + after[i])];

    /// <summary>Pads with the tensor's mirror image; FusedPadConv2D pads its images with it.</summary>
    public static Tensor[] MirrorPad(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var (before, after) = ReadMargins(context, 1, tensor.Shape.Rank);
        var edge = context.Text("mode") == "SYMMETRIC" ? 1 : 0;
        var shape = context.Shape(Enlarge(tensor.Shape, before, after));
        var maps = new int[shape.Rank][];
        for (var axis = 0; axis < maps.Length; axis++)
        {
            var extent = tensor.Shape[axis];
            if (Math.Max(before[axis], after[axis]) > extent - 1 + edge)
            {
                throw context.Fail($"dimension {axis} has extent {extent}; its margins {before[axis]} and {after[axis]} may be at most {extent - 1 + edge}");
            }

            maps[axis] = new int[shape[axis]];
            for (var i = 0; i < maps[axis].Length; i++)
            {
                var cell = i - before[axis];
                maps[axis][i] = cell < 0 ? -cell - edge : cell >= extent ? (2 * extent) - cell - 2 + edge : cell;
            }
        }

        return [Arrangement.Take(tensor, maps)];
    }

    private static Tensor[] ReverseV2(OperationContext context)
    {
        var reversed = new bool[context.Inputs[0].Shape.Rank];
        foreach (var axis in context.IntValues(1))
        {
            var dimension = context.Axis(axis, reversed.Length);
            if (reversed[dimension])
            {
                throw context.Fail($"dimension {dimension} is named twice");
            }

            reversed[dimension] = true;
        }

        return [Reverse(context.Inputs[0], reversed)];
    }

    private static Tensor[] ReverseV1(OperationContext context)
    {
        var reversed = context.Inputs[1].AsSpan<bool>();
        return reversed.Length == context.Inputs[0].Shape.Rank
            ? [Reverse(context.Inputs[0], reversed)]
            : throw context.Fail($"dims has {reversed.Length} values; shape {context.Inputs[0].Shape} needs {context.Inputs[0].Shape.Rank}");
    }

    private static Tensor Reverse(Tensor tensor, ReadOnlySpan<bool> reversed)
    {
        var strides = StridedCopy.DenseStrides(tensor.Shape);
        var offset = 0;
        for (var i = 0; i < strides.Length; i++)
        {
            if (reversed[i])
            {
                offset += Math.Max(0, tensor.Shape[i] - 1) * strides[i];
                strides[i] = -strides[i];
            }
        }

        return StridedCopy.Gather(tensor, tensor.Shape, strides, offset);
    }

    private static Tensor[] Roll(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var (shifts, axes) = (context.IntValues(1), context.IntValues(2));
        if (shifts.Length != axes.Length)
        {
            throw context.Fail($"{shifts.Length} shifts are given for {axes.Length} axes");
        }

        var total = new long[tensor.Shape.Rank];
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = context.Axis(axes[i], total.Length);
            var extent = Math.Max(1, tensor.Shape[axis]);
            total[axis] = (total[axis] + (shifts[i] % extent) + extent) % extent;
        }

        return [Arrangement.Take(tensor, [.. total.Select((shift, axis) => Enumerable.Range(0, tensor.Shape[axis])
            .Select(i => (int)((i - shift + tensor.Shape[axis]) % tensor.Shape[axis])).ToArray())])];
    }

    private static Tensor[] Tile(OperationContext context)
    {
        var tensor = context.Inputs[0];
        var multiples = context.IntValues(1);
        if (multiples.Length != tensor.Shape.Rank || multiples.Any(multiple => multiple is < 0 or > int.MaxValue))
        {
            throw context.Fail($"multiples are [{string.Join(",", multiples)}]; {tensor.Shape.Rank} values of at least 0 are expected for shape {tensor.Shape}");
        }

        // Seen as [m0, d0, m1, d1 …] the result is a broadcast of [1, d0, 1, d1 …].
        var result = context.Shape([.. multiples.Select((multiple, i) => multiple * tensor.Shape[i])]);
        var rank = tensor.Shape.Rank;
        var (interleaved, strides, dense) = (new int[2 * rank], new int[2 * rank], StridedCopy.DenseStrides(tensor.Shape));
        for (var i = 0; i < rank; i++)
        {
            (interleaved[2 * i], interleaved[(2 * i) + 1], strides[(2 * i) + 1]) = ((int)multiples[i], tensor.Shape[i], dense[i]);
        }

        return [result.Count == 0 ? Tensor.Zeros(tensor.Type, result) : StridedCopy.Gather(tensor, new TensorShape(interleaved), strides, 0).Reshape(result)];
    }

    private static Tensor[] Transpose(OperationContext context)
    {
        var rank = context.Inputs[0].Shape.Rank;
        var permutation = context.IntValues(1);
        if (permutation.Length != rank)
        {
            throw context.Fail($"perm has {permutation.Length} values; shape {context.Inputs[0].Shape} needs {rank}");
        }

        var axes = Array.ConvertAll(permutation, axis => context.Axis(axis, rank));
        return axes.Distinct().Count() == rank
            ? [Arrangement.Transpose(context.Inputs[0], axes)]
            : throw context.Fail($"perm is [{string.Join(",", permutation)}]; each dimension must be named once");
    }
}
