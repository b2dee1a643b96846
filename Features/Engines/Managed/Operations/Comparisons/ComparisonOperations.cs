using System.Numerics;
using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Comparisons;

/// <summary>Comparisons and logic, broadcasting.</summary>
/// <remarks>Source: TensorFlow, core/ops/math_ops.cc.</remarks>
internal static class ComparisonOperations
{
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("Equal(x: T, y: T) -> (z: bool)", ["T: type", "incompatible_shape_error: bool = true"], context => Same(context, true)),
        Define("NotEqual(x: T, y: T) -> (z: bool)", ["T: type", "incompatible_shape_error: bool = true"], context => Same(context, false)),
        Define("Less(x: T, y: T) -> (z: bool)", ["T: realnumbertype"], NumberKernel.Of<Comparison<Less>>()),
        Define("LessEqual(x: T, y: T) -> (z: bool)", ["T: realnumbertype"], NumberKernel.Of<Comparison<LessEqual>>()),
        Define("Greater(x: T, y: T) -> (z: bool)", ["T: realnumbertype"], NumberKernel.Of<Comparison<Greater>>()),
        Define("GreaterEqual(x: T, y: T) -> (z: bool)", ["T: realnumbertype"], NumberKernel.Of<Comparison<GreaterEqual>>()),
        Define("LogicalAnd(x: bool, y: bool) -> (z: bool)", [], context => Logic(context, (a, b) => a && b)),
        Define("LogicalOr(x: bool, y: bool) -> (z: bool)", [], context => Logic(context, (a, b) => a || b)),
        Define("LogicalNot(x: bool) -> (y: bool)", [], Not),
    ];

    private static Tensor[] Same(OperationContext context, bool equal)
    {
        var (x, y) = (context.Inputs[0], context.Inputs[1]);
        if (!context.Bool("incompatible_shape_error") && !DoBroadcast(x.Shape, y.Shape))
        {
            return [Tensor.From(TensorShape.Scalar, new[] { !equal })];
        }

        return context.Type("T") switch
        {
            DataType.Bool => [Broadcasting.Binary<bool, bool>(context, DataType.Bool, x, y, (a, b) => (a == b) == equal)],
            DataType.String => [Broadcasting.Binary<byte[], bool>(context, DataType.Bool, x, y, (a, b) => a.AsSpan().SequenceEqual(b) == equal)],
            _ => equal ? NumberKernel.Of<Comparison<Equal>>()(context) : NumberKernel.Of<Comparison<NotEqual>>()(context),
        };
    }

    private static bool DoBroadcast(TensorShape left, TensorShape right)
    {
        for (var i = 1; i <= Math.Min(left.Rank, right.Rank); i++)
        {
            if (left[left.Rank - i] != right[right.Rank - i] && left[left.Rank - i] != 1 && right[right.Rank - i] != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor[] Logic(OperationContext context, Func<bool, bool, bool> function) =>
        [Broadcasting.Binary(context, DataType.Bool, context.Inputs[0], context.Inputs[1], function)];

    private static Tensor[] Not(OperationContext context) =>
        [Tensor.From(context.Inputs[0].Shape, Array.ConvertAll(context.Inputs[0].AsSpan<bool>().ToArray(), value => !value))];

    private readonly struct Comparison<TComparison> : INumberKernel
        where TComparison : IComparison
    {
        public static Tensor[] Run<T>(OperationContext context)
            where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
            [Broadcasting.Binary<T, bool>(context, DataType.Bool, context.Inputs[0], context.Inputs[1], TComparison.Holds)];
    }

    private readonly struct Equal : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left == right;
    }

    private readonly struct NotEqual : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left != right;
    }

    private readonly struct Less : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left < right;
    }

    private readonly struct LessEqual : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left <= right;
    }

    private readonly struct Greater : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left > right;
    }

    private readonly struct GreaterEqual : IComparison
    {
        public static bool Holds<T>(T left, T right)
            where T : INumber<T> => left >= right;
    }
}
