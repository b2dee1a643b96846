using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Tests.Kernels;

/// <summary>Every vector form against its scalar form, at lengths that leave a rest and that do not.</summary>
public sealed class ActivationKernelsTests
{
    public static TheoryData<int> Lengths() => [0, 1, 3, 7, 16, 37, 64, 129];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Relu_and_its_way_back_are_those_of_the_scalar_form(int length)
    {
        var random = new Random(length);
        var source = Numbers(random, length);
        var (vector, scalar) = (new float[length], new float[length]);
        ActivationKernels.Relu(source, vector);
        ActivationKernels.ReluScalar(source, scalar);
        Assert.Equal(scalar, vector);
        Assert.Equal(source.Select(value => value > 0 ? (float)value : 0f), vector);

        var upstream = Numbers(random, length);
        var start = Numbers(random, length);
        var (sums, sumsScalar) = (start.ToArray(), start.ToArray());
        var (slopes, slopesScalar) = (new float[length], new float[length]);
        ActivationKernels.ReluBackward(upstream, vector, 1.25, slopes, sums);
        ActivationKernels.ReluBackwardScalar(upstream, vector, 1.25, slopesScalar, sumsScalar);
        Assert.Equal(slopesScalar, slopes);
        Assert.Equal(sumsScalar, sums);
        Assert.Equal(source.Select((value, i) => value > 0 ? (float)(upstream[i] * 1.25) : 0f), slopes);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Products_are_products(int length)
    {
        var random = new Random(length);
        var a = Array.ConvertAll(Numbers(random, length), value => (float)value);
        var b = Array.ConvertAll(Numbers(random, length), value => (float)value);
        var expected = a.Select((value, i) => value * b[i]).ToArray();
        ActivationKernels.Multiply(a, b);
        Assert.Equal(expected, a);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Squared_distances_differ_from_the_scalar_form_in_order_only(int length)
    {
        var random = new Random(length);
        var a = Array.ConvertAll(Numbers(random, length), value => (float)value);
        var b = Array.ConvertAll(Numbers(random, length), value => (float)value);
        Assert.Equal(DistanceKernels.SquaredDistanceScalar(a, b), DistanceKernels.SquaredDistance(a, b), 1e-13 * Math.Max(1, length));
        Assert.Equal(0, DistanceKernels.SquaredDistance(a, a));
    }

    private static double[] Numbers(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
}
