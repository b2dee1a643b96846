using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Tests.Kernels;

/// <summary>Every vector form against its scalar form, bit for bit, at lengths that leave a rest and that do not.</summary>
public sealed class UpdateKernelsTests
{
    public static TheoryData<int> Lengths() => [0, 1, 3, 7, 16, 37, 64];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Momentum(int length)
    {
        foreach (var nesterov in new[] { false, true })
        {
            Same(
                length,
                (sums, slots, weights) => UpdateKernels.Momentum(0.1, 0.25, 0.9, nesterov, sums, slots[0], weights),
                (sums, slots, weights) => UpdateKernels.MomentumScalar(0.1, 0.25, 0.9, nesterov, sums, slots[0], weights));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Adam(int length) => Same(
        length,
        (sums, slots, weights) => UpdateKernels.Adam(0.01, 0.25, 0.9, 0.999, 1e-7, sums, slots[0], slots[1], weights),
        (sums, slots, weights) => UpdateKernels.AdamScalar(0.01, 0.25, 0.9, 0.999, 1e-7, sums, slots[0], slots[1], weights));

    [Theory]
    [MemberData(nameof(Lengths))]
    public void RmsProp(int length)
    {
        foreach (var (centered, momentum) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            Same(
                length,
                (sums, slots, weights) => UpdateKernels.RmsProp(0.01, 0.25, 0.9, 1e-7, 0.8, sums, slots[0], centered ? slots[1] : [], momentum ? slots[2] : [], weights),
                (sums, slots, weights) => UpdateKernels.RmsPropScalar(0.01, 0.25, 0.9, 1e-7, 0.8, sums, slots[0], centered ? slots[1] : [], momentum ? slots[2] : [], weights));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Adagrad(int length) => Same(
        length,
        (sums, slots, weights) => UpdateKernels.Adagrad(0.1, 0.25, 1e-7, sums, slots[0], weights),
        (sums, slots, weights) => UpdateKernels.AdagradScalar(0.1, 0.25, 1e-7, sums, slots[0], weights));

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Rounding_to_float32(int length)
    {
        var source = Values(length, 3);
        var target = new float[length];
        DoubleKernels.Round(source, target);
        Assert.Equal(Array.ConvertAll(source, value => (float)value), target);
    }

    private static void Same(int length, Action<double[], double[][], double[]> vector, Action<double[], double[][], double[]> scalar)
    {
        var (weights, expected) = (Values(length, 1), Values(length, 1));
        double[][] slots = [new double[length], new double[length], new double[length]];
        double[][] expectedSlots = [new double[length], new double[length], new double[length]];
        for (var step = 0; step < 5; step++)
        {
            var sums = Values(length, 10 + step);
            vector(sums, slots, weights);
            scalar(sums, expectedSlots, expected);
        }

        Assert.Equal(expected, weights);
        Assert.Equal(expectedSlots, slots);
        Assert.True(length == 0 || !weights.SequenceEqual(Values(length, 1)));
    }

    private static double[] Values(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextDouble() * 4) - 2)];
    }
}
