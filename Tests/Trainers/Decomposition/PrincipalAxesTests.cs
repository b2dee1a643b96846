using MlTransfer.Trainers.Decomposition;

namespace MlTransfer.Trainers.Tests.Decomposition;

public sealed class PrincipalAxesTests
{
    [Theory]
    [InlineData(40, 7, 5)]
    [InlineData(301, 70, 20)]
    [InlineData(33, 200, 64)]
    public void Axes_are_orthonormal_and_their_variances_those_of_the_rows(int rows, int columns, int count)
    {
        var features = RandomData.Classes(rows, columns, 3).Features;
        var axes = PrincipalAxes.Of(features, count, 2, default);
        Assert.Equal(Math.Min(count, Math.Min(rows - 1, columns)), axes.Axes.Length);
        for (var a = 0; a < axes.Axes.Length; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                Assert.Equal(a == b ? 1 : 0, Dot(axes.Axes[a], axes.Axes[b]), 1e-9);
            }

            var parts = Enumerable.Range(0, rows).Select(row => Part(features.Row(row), axes.Mean, axes.Axes[a])).ToArray();
            Assert.Equal(axes.Variances[a], parts.Sum(part => part * part) / rows, 1e-4 * axes.Variances[0]);
            Assert.True(a == 0 || axes.Variances[a] <= axes.Variances[a - 1]);
        }
    }

    [Fact]
    public void The_strongest_direction_is_found()
    {
        // Along (3, 4)/5 the deviation is 10, across it 1.
        var random = new Random(1);
        var values = Enumerable.Range(0, 500).SelectMany(_ =>
        {
            var (along, across) = (20 * (random.NextDouble() - 0.5), 2 * (random.NextDouble() - 0.5));
            return new[] { (float)((0.6 * along) - (0.8 * across) + 7), (float)((0.8 * along) + (0.6 * across) - 2) };
        }).ToArray();
        var axes = PrincipalAxes.Of(new FeatureMatrix(values, 500, 2), 2, 1, default);
        Assert.Equal(1, Math.Abs((0.6 * axes.Axes[0][0]) + (0.8 * axes.Axes[0][1])), 1e-4);
        Assert.InRange(axes.Variances[0] / axes.Variances[1], 80, 120);
    }

    [Fact]
    public void Rows_that_span_fewer_directions_give_fewer_axes()
    {
        float[] line = [1, 2, 2, 4, 3, 6, 5, 10];
        Assert.Single(PrincipalAxes.Of(new FeatureMatrix(line, 4, 2), 2, 1, default).Axes);
        Assert.Empty(PrincipalAxes.Of(new FeatureMatrix(new float[8], 4, 2), 2, 1, default).Axes);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var features = RandomData.Classes(700, 90, 4).Features;
        var one = PrincipalAxes.Of(features, 70, 1, default);
        var four = PrincipalAxes.Of(features, 70, 4, default);
        Assert.Equal(one.Variances, four.Variances);
        Assert.Equal(one.Axes[69], four.Axes[69]);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Part(ReadOnlySpan<float> row, float[] mean, double[] axis)
    {
        var part = 0.0;
        for (var d = 0; d < axis.Length; d++)
        {
            part += (row[d] - mean[d]) * axis[d];
        }

        return part;
    }
}
