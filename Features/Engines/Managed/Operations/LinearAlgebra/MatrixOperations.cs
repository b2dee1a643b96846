using System.Numerics;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.LinearAlgebra;

/// <summary>Products of matrices and of batches of matrices, and half the squared length of a tensor.</summary>
internal static class MatrixOperations
{
    private const string Numbers = "bfloat16, half, float, double, int32, int64, uint8, uint16, uint32, uint64";
    private const string BatchNumbers = "bfloat16, half, float, double, int16, int32, int64, uint8, uint16, uint32, uint64";

    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "MatMul(a: T, b: T) -> (product: T)",
            ["transpose_a: bool = false", "transpose_b: bool = false", $"T: {{{Numbers}, int8, int16}}"],
            context => [MatMul(context)]),
        OperationDefinition.Define(
            "_FusedMatMul(a: T, b: T, args: num_args * T) -> (product: T)",
            [
                "transpose_a: bool = false", "transpose_b: bool = false", "T: {bfloat16, half, float, double}", "num_args: int",
                .. FusedSteps.Attributes,
            ],
            context => [FusedMatMul(context)]),
        OperationDefinition.Define(
            "BatchMatMul(x: T, y: T) -> (output: T)",
            ["adj_x: bool = false", "adj_y: bool = false", $"T: {{{BatchNumbers}}}"],
            context => [BatchMatMul(context, context.Type("T"), broadcasts: false)]),
        OperationDefinition.Define(
            "BatchMatMulV2(x: T, y: T) -> (output: T)",
            ["adj_x: bool = false", "adj_y: bool = false", $"T: {{{BatchNumbers}}}"],
            context => [BatchMatMul(context, context.Type("T"), broadcasts: true)]),
        OperationDefinition.Define(
            "BatchMatMulV3(x: Ta, y: Tb) -> (output: Tout)",
            [
                "adj_x: bool = false", "adj_y: bool = false", $"Ta: {{{BatchNumbers}, int8}}", $"Tb: {{{BatchNumbers}, int8}}",
                "Tout: {bfloat16, half, float, double, int16, int32, int64}",
            ],
            context => [BatchMatMul(context, context.Type("Tout"), broadcasts: true)]),
        OperationDefinition.Define(
            "L2Loss(t: T) -> (output: T)", ["T: {half, bfloat16, float, double}"], context => [L2Loss(context)]),
    ];

    /// <summary>The product of the two first inputs, which are matrices.</summary>
    public static Tensor MatMul(OperationContext context)
    {
        var (a, b) = (context.Inputs[0], context.Inputs[1]);
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2)
        {
            throw context.Fail($"the inputs have shapes {a.Shape} and {b.Shape}; two matrices are expected");
        }

        return Product(context, a.Type, context.Bool("transpose_a"), context.Bool("transpose_b"), TensorShape.Scalar);
    }

    private static Tensor FusedMatMul(OperationContext context)
    {
        // The steps see the sums before they are rounded, as in TensorFlow, so the product is taken in double.
        var wide = context.WithInputs([.. context.Inputs.Select(input => WideElements.Write(DataType.Float64, input.Shape, WideElements.Read<double>(input)))]);
        var product = MatMul(wide);
        var values = product.AsSpan<double>().ToArray();
        FusedSteps.Apply(context, values, product.Shape[1]);
        return WideElements.Write(context.Type("T"), product.Shape, values);
    }

    private static Tensor BatchMatMul(OperationContext context, DataType type, bool broadcasts)
    {
        var (x, y) = (context.Inputs[0].Shape, context.Inputs[1].Shape);
        if (x.Rank < 2 || y.Rank < 2)
        {
            throw context.Fail($"the inputs have shapes {x} and {y}; at least two dimensions are expected");
        }

        var (left, right) = (new TensorShape(x.Extents[..^2].ToArray()), new TensorShape(y.Extents[..^2].ToArray()));
        if (!broadcasts && left != right)
        {
            throw context.Fail($"the inputs have shapes {x} and {y}; all dimensions but the last two must be equal");
        }

        return Product(context, type, context.Bool("adj_x"), context.Bool("adj_y"), Broadcasting.Shape(context, left, right));
    }

    private static Tensor Product(OperationContext context, DataType type, bool transposeLeft, bool transposeRight, TensorShape batch) =>
        WideElements.IsFloat(type)
            ? Product<double>(context, type, transposeLeft, transposeRight, batch)
            : Product<long>(context, type, transposeLeft, transposeRight, batch);

    private static Tensor Product<TWide>(OperationContext context, DataType type, bool transposeLeft, bool transposeRight, TensorShape batch)
        where TWide : struct, INumber<TWide>
    {
        var (a, b) = (context.Inputs[0].Shape, context.Inputs[1].Shape);
        var (rows, inner) = transposeLeft ? (a[a.Rank - 1], a[a.Rank - 2]) : (a[a.Rank - 2], a[a.Rank - 1]);
        var (rightInner, columns) = transposeRight ? (b[b.Rank - 1], b[b.Rank - 2]) : (b[b.Rank - 2], b[b.Rank - 1]);
        if (inner != rightInner)
        {
            throw context.Fail(
                $"matrices {a}{(transposeLeft ? " (transposed)" : string.Empty)} and {b}{(transposeRight ? " (transposed)" : string.Empty)} "
                + $"can not be multiplied: {inner} columns meet {rightInner} rows");
        }

        var shape = context.Shape([.. Array.ConvertAll(batch.ToArray(), extent => (long)extent), rows, columns]);
        var left = WideElements.Read<TWide>(context.Inputs[0]);
        var right = WideElements.Read<TWide>(context.Inputs[1]);
        var product = new TWide[shape.Count];
        var leftBatch = Broadcasting.Strides(new TensorShape(a.Extents[..^2].ToArray()), batch);
        var rightBatch = Broadcasting.Strides(new TensorShape(b.Extents[..^2].ToArray()), batch);
        var walk = new BroadcastRows(batch, leftBatch, rightBatch);
        while (walk.Next())
        {
            for (var i = 0; i < walk.Length; i++)
            {
                MatrixProduct.Add<TWide>(
                    left.AsSpan((walk.Offset(0) + (i * walk.Step(0))) * rows * inner, rows * inner),
                    transposeLeft,
                    right.AsSpan((walk.Offset(1) + (i * walk.Step(1))) * inner * columns, inner * columns),
                    transposeRight,
                    product.AsSpan((walk.Target + i) * rows * columns, rows * columns),
                    rows,
                    inner,
                    columns);
            }
        }

        return WideElements.Write(type, shape, product);
    }

    private static Tensor L2Loss(OperationContext context)
    {
        double sum = 0;
        foreach (var value in WideElements.Read<double>(context.Inputs[0]))
        {
            sum += value * value;
        }

        return WideElements.Write(context.Inputs[0].Type, TensorShape.Scalar, [sum / 2]);
    }
}
