namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Products of matrices.</summary>
internal static class MatrixConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["MatMul"] = Multiply,
        ["BatchMatMul"] = MultiplyBatches,
        ["BatchMatMulV2"] = MultiplyBatches,
        ["BatchMatMulV3"] = MultiplyBatches,
        ["Einsum"] = SumProducts,
    };

    private static void Multiply(OnnxNodeContext context)
    {
        var left = context.Input(0).Shape;
        if (context.Node.Fused is { } fused)
        {
            var inputs = new List<string> { context.Plain(0), WeightWriter.Write(context, fused, FilterOrder.Matrix(fused.WeightShape, fused.TransposeWeights)) };
            if (WeightWriter.WriteShift(context, fused) is { } bias)
            {
                inputs.Add(bias);
            }

            context.Set(
                false, SymbolicShape.Of(left.Rank == 2 ? left[0] : SymbolicExtent.Unknown, fused.Scale.Length), "Gemm", inputs, OnnxAttribute.Int("transB", fused.TransposeWeights ? 1 : 0));
            return;
        }

        var (turnLeft, turnRight) = (context.Bool("transpose_a"), context.Bool("transpose_b"));
        var right = context.Input(1).Shape;
        var rows = left.Rank == 2 ? left[turnLeft ? 1 : 0] : SymbolicExtent.Unknown;
        var columns = right.Rank == 2 ? right[turnRight ? 0 : 1] : SymbolicExtent.Unknown;
        context.Set(false, SymbolicShape.Of(rows, columns), "MatMul", [Turned(context, 0, turnLeft, 2), Turned(context, 1, turnRight, 2)]);
    }

    private static void MultiplyBatches(OnnxNodeContext context)
    {
        var (left, right) = (context.Input(0).Shape, context.Input(1).Shape);
        if (left.Rank < 2 || right.Rank < 2)
        {
            throw context.Fail($"its inputs have shapes {left} and {right}; their numbers of dimensions must be known, and at least 2");
        }

        var (turnLeft, turnRight) = (context.Bool("adj_x"), context.Bool("adj_y"));
        var batch = SymbolicShape.Broadcast(new SymbolicShape([.. left.Extents!.SkipLast(2)]), new SymbolicShape([.. right.Extents!.SkipLast(2)]));
        var shape = new SymbolicShape([.. batch.Extents!, left[left.Rank - (turnLeft ? 1 : 2)], right[right.Rank - (turnRight ? 2 : 1)]]);
        context.Set(false, shape, "MatMul", [Turned(context, 0, turnLeft, left.Rank), Turned(context, 1, turnRight, right.Rank)]);
    }

    private static string Turned(OnnxNodeContext context, int input, bool turn, int rank) => turn
        ? context.Emit("Transpose", [context.Plain(input)], OnnxAttribute.Ints("perm", [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2]))
        : context.Plain(input);

    private static void SumProducts(OnnxNodeContext context)
    {
        var equation = context.Text("equation");
        if (context.InputCount > 2)
        {
            throw context.Fail($"the equation '{equation}' has {context.InputCount} operands; up to 2 are written");
        }

        context.Set(
            false, SymbolicShape.Unknown, "Einsum", Enumerable.Range(0, context.InputCount).Select(context.Plain), OnnxAttribute.Text("equation", equation.Replace(" ", "", StringComparison.Ordinal)));
    }
}
