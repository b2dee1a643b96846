using MlTransfer.Features.Engines.Managed.Kernels.Winograd;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Winograd;

/// <summary>The matrices of a Toom–Cook scheme from its points alone, independent of the factored forms that the kernels compute.</summary>
/// <param name="Input">Bᵀ, points × points.</param>
/// <param name="Window">G, points × taps.</param>
/// <param name="Output">Aᵀ, outputs × points.</param>
internal sealed record ToomCookMatrices(double[,] Input, double[,] Window, double[,] Output)
{
    public static ToomCookMatrices Of<TScheme>()
        where TScheme : IToomCook
    {
        var points = TScheme.FinitePoints.ToArray();
        var n = TScheme.Points;
        Assert.Equal(n - 1, points.Length);
        Assert.Equal(n, TScheme.Outputs + TScheme.Taps - 1);
        var (input, window, output) = (new double[n, n], new double[n, TScheme.Taps], new double[TScheme.Outputs, n]);
        for (var i = 0; i < n; i++)
        {
            // Of a finite point: the coefficients of the product of all (x − other); of infinity: of the product of all (x − point).
            double[] product = [1];
            var distances = 1.0;
            for (var other = 0; other < points.Length; other++)
            {
                if (other != i)
                {
                    product = Times(product, points[other]);
                    distances *= i < points.Length ? points[i] - points[other] : 1;
                }
            }

            for (var k = 0; k < product.Length; k++)
            {
                input[i, k] = product[k];
            }

            for (var tap = 0; tap < TScheme.Taps; tap++)
            {
                window[i, tap] = i < points.Length ? Math.Pow(points[i], tap) / distances : tap == TScheme.Taps - 1 ? 1 : 0;
            }

            for (var k = 0; k < TScheme.Outputs; k++)
            {
                output[k, i] = i < points.Length ? Math.Pow(points[i], k) : k == TScheme.Outputs - 1 ? 1 : 0;
            }
        }

        return new ToomCookMatrices(input, window, output);
    }

    /// <summary>rows · values · columnsᵀ over absolute values.</summary>
    public static double[,] Magnitudes(double[,] rows, double[,] values, double[,] columns)
    {
        var result = new double[rows.GetLength(0), columns.GetLength(0)];
        for (var y = 0; y < result.GetLength(0); y++)
        {
            for (var x = 0; x < result.GetLength(1); x++)
            {
                for (var i = 0; i < values.GetLength(0); i++)
                {
                    for (var j = 0; j < values.GetLength(1); j++)
                    {
                        result[y, x] += Math.Abs(rows[y, i] * values[i, j] * columns[x, j]);
                    }
                }
            }
        }

        return result;
    }

    private static double[] Times(double[] polynomial, double root)
    {
        var result = new double[polynomial.Length + 1];
        for (var k = 0; k < polynomial.Length; k++)
        {
            result[k + 1] += polynomial[k];
            result[k] -= root * polynomial[k];
        }

        return result;
    }
}
