using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>Rows scaled to length 1.</summary>
internal static class UnitRows
{
    /// <summary>Scales a row in place; one of zeros stays. Returns its length before.</summary>
    public static double Scale(Span<float> row)
    {
        var norm = Math.Sqrt(DoubleKernels.Dot((ReadOnlySpan<float>)row, row));
        for (var d = 0; norm > 0 && d < row.Length; d++)
        {
            row[d] = (float)(row[d] / norm);
        }

        return norm;
    }
}
