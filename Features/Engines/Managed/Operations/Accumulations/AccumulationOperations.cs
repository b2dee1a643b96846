using System.Numerics;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Accumulations;

/// <summary>Sums over many tensors and running sums along one dimension.</summary>
/// <remarks>Source: TensorFlow, core/ops/math_ops.cc.</remarks>
internal static class AccumulationOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("AddN(inputs: N * T) -> (sum: T)", ["N: int", "T: numbertype"], NumberKernel.Of<AddN>()),
        Define("AccumulateNV2(inputs: N * T) -> (sum: T)", ["N: int", "T: numbertype", "shape: shape"], NumberKernel.Of<AddN>()),
        Define("Cumsum(x: T, axis: Tidx) -> (out: T)", ["exclusive: bool = false", "reverse: bool = false", "T: numbertype", "Tidx: {int32, int64} = int32"], NumberKernel.Of<Cumsum>()),
        Define("Cumprod(x: T, axis: Tidx) -> (out: T)", ["exclusive: bool = false", "reverse: bool = false", "T: numbertype", "Tidx: {int32, int64} = int32"], NumberKernel.Of<Cumprod>()),
    ];

    private static Tensor[] Scan<T>(OperationContext context, T start, Func<T, T, T> combine)
        where T : unmanaged, INumber<T>
    {
        var input = context.Inputs[0];
        var axis = context.Axis(context.IntValue(1), input.Shape.Rank);
        var (exclusive, reverse) = (context.Bool("exclusive"), context.Bool("reverse"));
        var shape = input.Shape.ToArray();
        var extent = shape[axis];
        var inner = shape[(axis + 1)..].Aggregate(1, (product, size) => product * size);
        var result = Tensor.Zeros(input.Type, input.Shape);
        var values = input.AsSpan<T>();
        var totals = result.AsSpan<T>();
        var lines = extent == 0 ? 0 : values.Length / extent;
        for (var line = 0; line < lines; line++)
        {
            var first = (line / inner * extent * inner) + (line % inner);
            var total = start;
            for (var j = 0; j < extent; j++)
            {
                var place = first + ((reverse ? extent - 1 - j : j) * inner);
                var next = combine(total, values[place]);
                totals[place] = exclusive ? total : next;
                total = next;
            }
        }

        return [result];
    }

    private readonly struct AddN : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            if (context.Inputs.Count == 0)
            {
                throw context.Fail("there is nothing to add; at least one tensor is expected");
            }

            var sum = context.Inputs[0].AsSpan<T>().ToArray();
            foreach (var input in context.Inputs.Skip(1))
            {
                if (input.Shape != context.Inputs[0].Shape)
                {
                    throw context.Fail($"shapes {context.Inputs[0].Shape} and {input.Shape} can not be added; they must be equal");
                }

                var values = input.AsSpan<T>();
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += values[i];
                }
            }

            return [Tensor.From(context.Inputs[0].Type, context.Inputs[0].Shape, sum)];
        }
    }

    private readonly struct Cumsum : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => Scan(context, T.Zero, (total, value) => total + value);
    }

    private readonly struct Cumprod : INumberKernel
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> => Scan(context, T.One, (total, value) => total * value);
    }
}
