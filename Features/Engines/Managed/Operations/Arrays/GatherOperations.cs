using System.Numerics;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that pick elements by index or by condition.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc and math_ops.cc.</remarks>
internal static class GatherOperations
{
    private const string IndexType = "{int32, int64}";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define(
            "Gather(params: Tparams, indices: Tindices) -> (output: Tparams)",
            ["validate_indices: bool = true", "Tparams: type", $"Tindices: {IndexType}"],
            context => Gather(context, 0, 0)),
        Define(
            "GatherV2(params: Tparams, indices: Tindices, axis: Taxis) -> (output: Tparams)",
            ["batch_dims: int = 0", "Tparams: type", "Tindices: {int16, int32, int64}", $"Taxis: {IndexType}"],
            context => Gather(context, context.IntValue(2), context.Int("batch_dims"))),
        Define("GatherNd(params: Tparams, indices: Tindices) -> (output: Tparams)", ["Tparams: type", "Tindices: {int16, int32, int64}"], GatherNd),
        Define("Where(input: T) -> (index: int64)", ["T: {float, double, int8, uint8, int16, uint16, int32, uint32, int64, uint64, half, bfloat16, bool} = bool"], Where),
        Define("Select(condition: bool, t: T, e: T) -> (output: T)", ["T: type"], Select),
        Define("SelectV2(condition: bool, t: T, e: T) -> (output: T)", ["T: type"], SelectV2),
        Define("InvertPermutation(x: T) -> (y: T)", [$"T: {IndexType} = int32"], InvertPermutation),
    ];

    private static Tensor[] Gather(OperationContext context, long axisStated, long batchStated)
    {
        var (table, indices) = (context.Inputs[0], context.Inputs[1]);
        var axis = context.Axis(axisStated, table.Shape.Rank);
        var batch = (int)(batchStated < 0 ? batchStated + indices.Shape.Rank : batchStated);
        if (batch < 0 || batch > indices.Shape.Rank || batch > axis || !table.Shape.Extents[..batch].SequenceEqual(indices.Shape.Extents[..batch]))
        {
            throw context.Fail($"batch_dims {batchStated} does not fit shapes {table.Shape} and {indices.Shape} and axis {axis}: the leading dimensions must be equal and before the axis");
        }

        var extents = table.Shape.ToArray();
        long[] result = [.. extents[..axis].Select(Widen), .. indices.Shape.ToArray()[batch..].Select(Widen), .. extents[(axis + 1)..].Select(Widen)];
        var output = Tensor.Zeros(table.Type, context.Shape(result));
        var batches = Product(extents[..batch]);
        var outer = Product(extents[batch..axis]);
        var inner = Product(extents[(axis + 1)..]);
        var values = context.IntValues(1);
        var perBatch = batches == 0 ? 0 : values.Length / batches;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < 0 || values[i] >= extents[axis])
            {
                throw context.Fail($"indices[{i}] is {values[i]}; 0 to {extents[axis] - 1} is expected for axis {axis} of shape {table.Shape}");
            }
        }

        for (var b = 0; b < batches; b++)
        {
            for (var o = 0; o < outer; o++)
            {
                for (var i = 0; i < perBatch; i++)
                {
                    var from = ((((b * outer) + o) * extents[axis]) + (int)values[(b * perBatch) + i]) * inner;
                    var to = ((((b * outer) + o) * perBatch) + i) * inner;
                    Array.Copy(table.Storage, from, output.Storage, to, inner);
                }
            }
        }

        return [output];

        static long Widen(int extent) => extent;
    }

    private static int Product(int[] extents) => extents.Aggregate(1, (product, extent) => product * extent);

    private static Tensor[] GatherNd(OperationContext context)
    {
        var (table, indices) = (context.Inputs[0], context.Inputs[1]);
        var depth = indices.Shape.Rank == 0 ? -1 : indices.Shape[indices.Shape.Rank - 1];
        if (depth < 0 || depth > table.Shape.Rank)
        {
            throw context.Fail($"indices have shape {indices.Shape}; their innermost dimension must name at most {table.Shape.Rank} dimensions of {table.Shape}");
        }

        var extents = table.Shape.ToArray();
        var lookups = indices.Shape.ToArray()[..^1];
        var output = Tensor.Zeros(table.Type, context.Shape([.. lookups.Select(extent => (long)extent), .. extents[depth..].Select(extent => (long)extent)]));
        var strides = StridedCopy.DenseStrides(table.Shape);
        var inner = Product(extents[depth..]);
        var values = context.IntValues(1);
        for (var i = 0; i < Product(lookups); i++)
        {
            var from = 0;
            for (var d = 0; d < depth; d++)
            {
                var index = values[(i * depth) + d];
                from += index >= 0 && index < extents[d]
                    ? (int)index * strides[d]
                    : throw context.Fail($"index {i} is [{string.Join(",", values.AsSpan(i * depth, depth).ToArray())}], which is not in shape {table.Shape}");
            }

            Array.Copy(table.Storage, from, output.Storage, i * inner, inner);
        }

        return [output];
    }

    private static Tensor[] Where(OperationContext context)
    {
        var truths = context.Type("T") == DataType.Bool ? context.Inputs[0] : NumberKernel.Of<NotZero>()(context)[0];
        var shape = truths.Shape;
        var strides = StridedCopy.DenseStrides(shape);
        var coordinates = new List<long>();
        var found = 0;
        var values = truths.AsSpan<bool>();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i])
            {
                found++;
                for (var d = 0; d < strides.Length; d++)
                {
                    coordinates.Add(i / strides[d] % shape[d]);
                }
            }
        }

        return [Tensor.From(new TensorShape(found, shape.Rank), coordinates.ToArray())];
    }

    private static Tensor[] Select(OperationContext context)
    {
        var (condition, then, otherwise) = (context.Inputs[0], context.Inputs[1], context.Inputs[2]);
        if (then.Shape != otherwise.Shape)
        {
            throw context.Fail($"'t' and 'e' have shapes {then.Shape} and {otherwise.Shape}; they must be equal");
        }

        // The first version broadcasts a vector along the outermost dimension, not the innermost.
        if (condition.Shape != then.Shape && condition.Shape.Rank == 1 && then.Shape.Rank > 0 && condition.Count == then.Shape[0])
        {
            var rows = new int[then.Shape.Rank];
            Array.Fill(rows, 1);
            rows[0] = condition.Count;
            return [Choose(then.Shape, condition.Reshape(new TensorShape(rows)), then, otherwise)];
        }

        return condition.Shape == then.Shape || condition.Shape.Rank == 0
            ? [Choose(then.Shape, condition, then, otherwise)]
            : throw context.Fail($"the condition has shape {condition.Shape}; {then.Shape}, a scalar or a vector of its rows is expected");
    }

    private static Tensor[] SelectV2(OperationContext context)
    {
        var shape = Broadcasting.Shape(context, context.Inputs[0].Shape, Broadcasting.Shape(context, context.Inputs[1].Shape, context.Inputs[2].Shape));
        return [Choose(shape, context.Inputs[0], context.Inputs[1], context.Inputs[2])];
    }

    private static Tensor Choose(TensorShape shape, Tensor condition, Tensor then, Tensor otherwise)
    {
        var result = Tensor.Zeros(then.Type, shape);
        var rows = new BroadcastRows(shape, Broadcasting.Strides(condition.Shape, shape), Broadcasting.Strides(then.Shape, shape), Broadcasting.Strides(otherwise.Shape, shape));
        var truths = condition.AsSpan<bool>();
        while (rows.Next())
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var (chosen, operand) = truths[rows.Offset(0) + (i * rows.Step(0))] ? (then, 1) : (otherwise, 2);
                Array.Copy(chosen.Storage, rows.Offset(operand) + (i * rows.Step(operand)), result.Storage, rows.Target + i, 1);
            }
        }

        return result;
    }

    private static Tensor[] InvertPermutation(OperationContext context)
    {
        var values = context.IntValues(0);
        var inverse = new long[values.Length];
        Array.Fill(inverse, -1);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < 0 || values[i] >= values.Length || inverse[values[i]] >= 0)
            {
                throw context.Fail($"element {i} is {values[i]}; each of 0 to {values.Length - 1} must occur once");
            }

            inverse[values[i]] = i;
        }

        return [ShapeOperations.Index(context.Type("T"), context.Inputs[0].Shape, inverse)];
    }

    private readonly struct NotZero : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            [Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(context.Inputs[0].AsSpan<T>().ToArray(), value => value != T.Zero))];
    }
}
