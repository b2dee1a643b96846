using System.Numerics;
using MlTransfer.Features.Engines.Managed.Operations.Arrays;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Comparisons;

/// <summary>Operations that find the largest elements.</summary>
/// <remarks>Source: TensorFlow, core/ops/nn_ops.cc and math_ops.cc; core/kernels/in_topk_op.h, argmax_op.cc.</remarks>
internal static class RankingOperations
{
    private const string Numbers = "{bfloat16, half, float, double, int8, uint8, int16, uint16, int32, uint32, int64, uint64, qint8, quint8, qint32, bool}";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("TopK(input: T) -> (values: T, indices: int32)", ["k: int", "sorted: bool = true", "T: realnumbertype"], NumberKernel.Of<TopK>()),
        Define(
            "TopKV2(input: T, k: Tk) -> (values: T, indices: index_type)",
            ["sorted: bool = true", "T: realnumbertype", "Tk: {int16, int32, int64} = int32", "index_type: {int16, int32, int64} = int32"],
            NumberKernel.Of<TopK>()),
        Define("InTopK(predictions: float, targets: T) -> (precision: bool)", ["k: int", "T: {int32, int64} = int32"], context => InTopK(context, context.Int("k"))),
        Define("InTopKV2(predictions: float, targets: T, k: T) -> (precision: bool)", ["T: {int32, int64} = int32"], context => InTopK(context, context.IntValue(2))),
        Define(
            "ArgMax(input: T, dimension: Tidx) -> (output: output_type)",
            [$"T: {Numbers}", "Tidx: {int16, int32, int64} = int32", "output_type: {int16, uint16, int32, int64} = int64"],
            context => Extreme<ArgMax>(context)),
        Define(
            "ArgMin(input: T, dimension: Tidx) -> (output: output_type)",
            [$"T: {Numbers}", "Tidx: {int32, int64} = int32", "output_type: {int32, int64} = int64"],
            context => Extreme<ArgMin>(context)),
    ];

    private static Tensor[] InTopK(OperationContext context, long k)
    {
        var predictions = context.Inputs[0];
        var targets = context.IntValues(1);
        if (predictions.Shape.Rank != 2 || context.Inputs[1].Shape.Rank != 1 || targets.Length != predictions.Shape[0])
        {
            throw context.Fail($"predictions and targets have shapes {predictions.Shape} and {context.Inputs[1].Shape}; [batch,classes] and [batch] are expected");
        }

        var classes = predictions.Shape[1];
        var values = predictions.AsSpan<float>();
        var verdicts = new bool[targets.Length];
        for (var b = 0; b < verdicts.Length; b++)
        {
            // Where the target is no class, or a prediction is not finite, nothing can be said: false.
            if (targets[b] < 0 || targets[b] >= classes)
            {
                continue;
            }

            var row = values.Slice(b * classes, classes);
            var (better, target, finite) = (0, row[(int)targets[b]], true);
            foreach (var value in row)
            {
                finite &= float.IsFinite(value);
                better += value > target ? 1 : 0;
            }

            verdicts[b] = finite && better < k;
        }

        return [Tensor.From(new TensorShape(verdicts.Length), verdicts)];
    }

    private static Tensor[] Extreme<TKernel>(OperationContext context)
        where TKernel : INumberKernel
    {
        if (context.Type("T") != DataType.Bool)
        {
            return NumberKernel.Of<TKernel>()(context);
        }

        var numbers = Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(context.Inputs[0].AsSpan<bool>().ToArray(), value => (byte)(value ? 1 : 0)));
        return TKernel.Run<byte>(context.WithInputs([numbers, context.Inputs[1]]));
    }

    private static Tensor[] FindExtreme<T>(OperationContext context, T worst, Func<T, T, bool> isBetter)
        where T : unmanaged, INumber<T>
    {
        var input = context.Inputs[0];
        var axis = context.Axis(context.IntValue(1), input.Shape.Rank);
        var shape = input.Shape.ToArray();
        var extent = shape[axis];
        if (extent == 0)
        {
            throw context.Fail($"dimension {axis} of shape {input.Shape} is empty; nothing can be chosen");
        }

        var inner = shape[(axis + 1)..].Aggregate(1, (product, size) => product * size);
        var result = new TensorShape([.. shape[..axis], .. shape[(axis + 1)..]]);
        var indices = new long[result.Count];
        var values = input.AsSpan<T>();
        for (var i = 0; i < indices.Length; i++)
        {
            // The first of equals wins; NaN never does.
            var (best, start) = (worst, (i / inner * extent * inner) + (i % inner));
            for (var j = 0; j < extent; j++)
            {
                if (isBetter(values[start + (j * inner)], best))
                {
                    (best, indices[i]) = (values[start + (j * inner)], j);
                }
            }
        }

        return [ToIndices(context.Type("output_type"), result, indices)];
    }

    private static Tensor ToIndices(DataType type, TensorShape shape, long[] values) => type switch
    {
        DataType.Int16 => Tensor.From(shape, Array.ConvertAll(values, value => checked((short)value))),
        DataType.UInt16 => Tensor.From(shape, Array.ConvertAll(values, value => checked((ushort)value))),
        _ => ShapeOperations.Index(type, shape, values),
    };

    private readonly struct ArgMax : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => FindExtreme(context, T.MinValue, (value, best) => value > best);
    }

    private readonly struct ArgMin : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => FindExtreme(context, T.MaxValue, (value, best) => value < best);
    }

    private readonly struct TopK : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            var input = context.Inputs[0];
            var k = context.Node.Op == "TopK" ? context.Int("k") : context.IntValue(1);
            var classes = input.Shape.Rank == 0 ? -1 : input.Shape[input.Shape.Rank - 1];
            if (k < 0 || k > classes)
            {
                throw context.Fail($"the {k} largest of shape {input.Shape} are asked for; 0 to {Math.Max(0, classes)} are there");
            }

            var count = (int)k;
            var extents = input.Shape.ToArray();
            extents[^1] = count;
            var shape = new TensorShape(extents);
            var (values, indices) = (new T[shape.Count], new long[shape.Count]);
            var rows = classes == 0 ? 0 : input.Count / classes;
            for (var row = 0; row < rows; row++)
            {
                // Largest first, of equals the lower index first: a stable sort by descending value.
                var cells = input.AsSpan<T>().Slice(row * classes, classes).ToArray();
                var order = Enumerable.Range(0, classes).OrderByDescending(i => cells[i]).Take(count).ToArray();
                for (var i = 0; i < count; i++)
                {
                    (values[(row * count) + i], indices[(row * count) + i]) = (cells[order[i]], order[i]);
                }
            }

            var type = context.Node.Op == "TopK" ? DataType.Int32 : context.Type("index_type");
            return [Tensor.From(input.Type, shape, values), ToIndices(type, shape, indices)];
        }
    }
}
