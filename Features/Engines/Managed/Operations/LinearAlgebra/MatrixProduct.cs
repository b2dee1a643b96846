using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Operations.LinearAlgebra;

/// <summary>The plain product of two dense matrices.</summary>
internal static class MatrixProduct
{
    /// <summary>target = left · right.</summary>
    /// <param name="left">[rows, inner], or [inner, rows] where transposed.</param>
    /// <param name="transposeLeft">Whether left is stored transposed.</param>
    /// <param name="right">[inner, columns], or [columns, inner] where transposed.</param>
    /// <param name="transposeRight">Whether right is stored transposed.</param>
    /// <param name="target">[rows, columns], zeros at first.</param>
    /// <param name="rows">Rows of the product.</param>
    /// <param name="inner">Terms of each sum.</param>
    /// <param name="columns">Columns of the product.</param>
    public static void Add<TWide>(
        ReadOnlySpan<TWide> left,
        bool transposeLeft,
        ReadOnlySpan<TWide> right,
        bool transposeRight,
        Span<TWide> target,
        int rows,
        int inner,
        int columns)
        where TWide : struct, INumber<TWide>
    {
        var plainRight = transposeRight ? Transpose(right, columns, inner) : right;
        for (var row = 0; row < rows; row++)
        {
            var sums = target.Slice(row * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                var factor = transposeLeft ? left[(k * rows) + row] : left[(row * inner) + k];
                WideElements.AddScaled(sums, plainRight.Slice(k * columns, columns), factor);
            }
        }
    }

    private static TWide[] Transpose<TWide>(ReadOnlySpan<TWide> matrix, int rows, int columns)
    {
        var result = new TWide[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return result;
    }
}
