using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Matrices made of their diagonals.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc (MatrixDiag, V2, V3) and core/kernels/linalg/matrix_diag_op.cc.</remarks>
internal static class DiagonalOperations
{
    private const string Banded = "(diagonal: T, k: int32, num_rows: int32, num_cols: int32, padding_value: T) -> (output: T)";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("MatrixDiag(diagonal: T) -> (output: T)", ["T: type"], context => [Build(context, 0, 0, -1, -1, null, "LEFT_LEFT")]),
        Define($"MatrixDiagV2{Banded}", ["T: type"], context => BuildBanded(context, "LEFT_LEFT")),
        Define(
            $"MatrixDiagV3{Banded}",
            ["T: type", "align: {'LEFT_RIGHT', 'RIGHT_LEFT', 'LEFT_LEFT', 'RIGHT_RIGHT'} = 'RIGHT_LEFT'"],
            context => BuildBanded(context, context.Text("align"))),
    ];

    private static Tensor[] BuildBanded(OperationContext context, string align)
    {
        var band = context.IntValues(1);
        if (band.Length is not (1 or 2) || band[0] > band[^1] || context.Inputs[4].Count != 1)
        {
            throw context.Fail($"k is [{string.Join(",", band)}] and the padding has shape {context.Inputs[4].Shape}; one number or an ascending pair and a scalar are expected");
        }

        return [Build(context, band[0], band[^1], context.IntValue(2), context.IntValue(3), context.Inputs[4], align)];
    }

    private static Tensor Build(OperationContext context, long lower, long upper, long rows, long columns, Tensor? padding, string align)
    {
        var diagonal = context.Inputs[0];
        var outerRank = diagonal.Shape.Rank - (lower == upper ? 1 : 2);
        if (outerRank < 0 || (lower != upper && diagonal.Shape[outerRank] != upper - lower + 1))
        {
            throw context.Fail($"the diagonals have shape {diagonal.Shape}; the two innermost dimensions must be {upper - lower + 1} diagonals and their length");
        }

        var longest = diagonal.Shape[diagonal.Shape.Rank - 1];
        var fewestRows = longest - Math.Min(upper, 0);
        var fewestColumns = longest + Math.Max(lower, 0);
        (rows, columns) = (rows, columns) switch
        {
            (-1, -1) => (Math.Max(fewestRows, fewestColumns), Math.Max(fewestRows, fewestColumns)),
            (-1, _) => (fewestRows, columns),
            (_, -1) => (rows, fewestColumns),
            _ => (rows, columns),
        };
        if (rows < fewestRows || columns < fewestColumns || (rows != fewestRows && columns != fewestColumns))
        {
            throw context.Fail($"{rows} rows and {columns} columns do not fit diagonals {lower} to {upper} of length {longest}");
        }

        long[] shape = [.. diagonal.Shape.ToArray()[..outerRank].Select(extent => (long)extent), rows, columns];
        var size = context.Shape(shape);
        var result = padding is null ? Tensor.Zeros(diagonal.Type, size) : Broadcasting.Expand(padding.Reshape(TensorShape.Scalar), size);
        var diagonals = upper - lower + 1;
        var matrices = longest == 0 ? 0 : diagonal.Count / (diagonals * longest);
        for (var matrix = 0L; matrix < matrices; matrix++)
        {
            for (var k = lower; k <= upper; k++)
            {
                var length = Math.Min(rows + Math.Min(0, k), columns - Math.Max(0, k));
                var left = (k >= 0 && align.StartsWith("LEFT", StringComparison.Ordinal)) || (k <= 0 && align.EndsWith("LEFT", StringComparison.Ordinal));
                var from = (((matrix * diagonals) + upper - k) * longest) + (left ? 0 : longest - length);
                for (var i = 0L; i < length; i++)
                {
                    var place = (((matrix * rows) + i - Math.Min(0, k)) * columns) + i + Math.Max(0, k);
                    Array.Copy(diagonal.Storage, from + i, result.Storage, place, 1);
                }
            }
        }

        return result;
    }
}
