using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Tests.Kernels;

/// <summary>Every number is treated on its own, so vectors give the bits of the plain loop at any length.</summary>
public sealed class RowKernelsTests
{
    public static TheoryData<int> Lengths() => [.. new[] { 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 100 }];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void They_do_what_a_plain_loop_does(int length)
    {
        var random = new Random(length);
        var (a, b) = (Row(random, length), Row(random, length));
        var (total, squares, widened) = (Enumerable.Range(0, length).Select(i => i / 7.0).ToArray(), new double[length], new double[length]);
        var (expectedTotal, expectedSquares) = ((double[])total.Clone(), new double[length]);
        var (difference, product) = (new float[length], (float[])b.Clone());
        RowKernels.AddTo(a, total);
        RowKernels.AddSquareTo(a, squares);
        RowKernels.Subtract(a, b, difference);
        RowKernels.Multiply(a, product);
        DoubleKernels.Widen(a, widened);
        for (var i = 0; i < length; i++)
        {
            Assert.Equal(expectedTotal[i] + a[i], total[i]);
            Assert.Equal(expectedSquares[i] + ((double)a[i] * a[i]), squares[i]);
            Assert.Equal(a[i] - b[i], difference[i]);
            Assert.Equal(b[i] * a[i], product[i]);
            Assert.Equal(a[i], widened[i]);
        }
    }

    private static float[] Row(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
}
