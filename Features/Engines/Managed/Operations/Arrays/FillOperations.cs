using System.Numerics;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that make tensors of sizes, steps and single values.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc and math_ops.cc; core/kernels/sequence_ops.cc.</remarks>
internal static class FillOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Fill(dims: index_type, value: T) -> (output: T)", ["T: type", "index_type: {int32, int64} = int32"], Fill),
        Define("ZerosLike(x: T) -> (y: T)", ["T: type"], context => [Tensor.Zeros(context.Inputs[0].Type, context.Inputs[0].Shape)]),
        Define(
            "OnesLike(x: T) -> (y: T)",
            ["T: {bfloat16, half, float, double, int8, uint8, int16, uint16, int32, uint32, int64, uint64, bool}"],
            context => context.Type("T") == DataType.Bool ? Truths(context) : NumberKernel.Of<Ones>()(context)),
        Define(
            "Range(start: Tidx, limit: Tidx, delta: Tidx) -> (output: Tidx)",
            ["Tidx: {bfloat16, half, float, double, int8, int16, int32, int64, uint16, uint32} = int32"],
            NumberKernel.Of<Range>("Tidx")),
        Define(
            "LinSpace(start: T, stop: T, num: Tidx) -> (output: T)",
            ["T: {bfloat16, half, float, double}", "Tidx: {int32, int64} = int32"],
            NumberKernel.Of<LinSpace>()),
        Define(
            "OneHot(indices: TI, depth: int32, on_value: T, off_value: T) -> (output: T)",
            ["axis: int = -1", "T: type", "TI: {uint8, int8, int32, int64} = int64"],
            OneHot),
    ];

    private static Tensor[] Fill(OperationContext context) => context.Inputs[1].Shape.Rank == 0
        ? [Broadcasting.Expand(context.Inputs[1], context.Shape(context.IntValues(0)))]
        : throw context.Fail($"the value has shape {context.Inputs[1].Shape}; a scalar is expected");

    private static Tensor[] Truths(OperationContext context)
    {
        var result = Tensor.Zeros(DataType.Bool, context.Inputs[0].Shape);
        result.AsSpan<bool>().Fill(true);
        return [result];
    }

    private static Tensor[] OneHot(OperationContext context)
    {
        var indices = context.IntValues(0);
        var depth = context.IntValue(1);
        var shape = context.Inputs[0].Shape;
        var axis = context.Axis(context.Int("axis"), shape.Rank + 1);
        List<long> extents = [.. shape.ToArray().Select(extent => (long)extent)];
        extents.Insert(axis, depth);
        if (context.Inputs[2].Count != 1 || context.Inputs[3].Count != 1)
        {
            throw context.Fail($"on and off values have shapes {context.Inputs[2].Shape} and {context.Inputs[3].Shape}; scalars are expected");
        }

        // At least one dimension, so the expansion is a copy that can be written to.
        var result = Broadcasting.Expand(context.Inputs[3].Reshape(TensorShape.Scalar), context.Shape([.. extents]));
        if (result.Count == 0)
        {
            return [result];
        }

        var inner = 1;
        for (var i = axis; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        var hot = context.Inputs[2];
        for (var i = 0; i < indices.Length; i++)
        {
            // An index outside the depth leaves its column cold.
            if (indices[i] >= 0 && indices[i] < depth)
            {
                var place = (((i / inner * (int)depth) + (int)indices[i]) * inner) + (i % inner);
                Array.Copy(hot.Storage, 0, result.Storage, place, 1);
            }
        }

        return [result];
    }

    private readonly struct Ones : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var values = new T[context.Inputs[0].Count];
            Array.Fill(values, T.One);
            return [Tensor.From(context.Inputs[0].Shape, values)];
        }
    }

    private readonly struct Range : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var bounds = new T[3];
            for (var i = 0; i < 3; i++)
            {
                bounds[i] = context.Inputs[i].Count == 1 ? context.Inputs[i].AsSpan<T>()[0] : throw context.Fail($"input {i} has shape {context.Inputs[i].Shape}; a scalar is expected");
            }

            var (start, limit, delta) = (bounds[0], bounds[1], bounds[2]);
            if (T.IsZero(delta) || T.IsNaN(delta) || (delta > T.Zero ? start > limit : start < limit))
            {
                throw context.Fail($"no range leads from {start} to {limit} in steps of {delta}");
            }

            // Floats: the quotient is rounded in the type itself, as TensorFlow does.
            var steps = T.IsInteger(T.One / (T.One + T.One))
                ? Math.Ceiling(Math.Abs((double.CreateChecked(limit) - double.CreateChecked(start)) / double.CreateChecked(delta)))
                : Math.Ceiling(Math.Abs(double.CreateChecked((limit - start) / delta)));
            var shape = context.Shape(double.IsFinite(steps) ? (long)Math.Min(steps, 1e18) : long.MaxValue);
            var values = new T[shape.Count];
            var value = start;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = value;
                value += delta;
            }

            return [Tensor.From(shape, values)];
        }
    }

    private readonly struct LinSpace : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var start = context.Inputs[0].AsSpan<T>()[0];
            var stop = context.Inputs[1].AsSpan<T>()[0];
            var count = context.IntValue(2);
            if (count < 1)
            {
                throw context.Fail($"{count} values are asked for; at least one is expected");
            }

            var shape = context.Shape(count);
            var values = new T[shape.Count];
            var step = values.Length > 1 ? (stop - start) / T.CreateTruncating(values.Length - 1) : T.Zero;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = start + (step * T.CreateTruncating(i));
            }

            if (values.Length > 1)
            {
                values[^1] = stop;
            }

            return [Tensor.From(shape, values)];
        }
    }
}
