using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.Tests.Optimizers;

public sealed class OwlqnMinimizerTests
{
    /// <summary>½ Σ curvature · (x − target)² + l1 · Σ |x| has its minimum where each target is drawn towards zero by l1 / curvature.</summary>
    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    public void Separable_bowls_are_soft_thresholded_even_with_noisy_values(double noise)
    {
        double[] curvature = [1, 2, 50, 0.5, 10, 3];
        double[] target = [3, -2, 0.01, 0.4, -1, 5];
        const double l1 = 0.6;
        var minimizer = new OwlqnMinimizer(new LbfgsOptions(500, 10, 0, 0, 1e-8), [.. Enumerable.Repeat(1.0, 6)], l1, 5);
        var result = minimizer.Minimize(new Bowls(curvature, target, noise), new double[6], null, default);
        Assert.Equal(StopReason.GradientTolerance, result.StopReason);
        for (var i = 0; i < 5; i++)
        {
            var expected = target[i] - Math.Clamp(target[i], -l1 / curvature[i], l1 / curvature[i]);
            Assert.Equal(expected, result.Parameters[i], 1e-6);
            Assert.Equal(expected == 0, result.Parameters[i] == 0);
        }

        Assert.Equal(target[5], result.Parameters[5], 1e-6);
    }

    [Fact]
    public void A_start_in_the_wrong_orthant_ends_at_the_same_minimum()
    {
        var bowls = new Bowls([1, 4, 9], [2, -2, 0.1], 0);
        var minimizer = new OwlqnMinimizer(new LbfgsOptions(500, 10, 0, 0, 1e-10), [1, 1, 1], 0.5, 3);
        var result = minimizer.Minimize(bowls, [-7, 5, -3], null, default);
        Assert.Equal(1.5, result.Parameters[0], 1e-7);
        Assert.Equal(-1.875, result.Parameters[1], 1e-7);
        Assert.Equal(0, Math.Abs(result.Parameters[2] - (0.1 - Math.Clamp(0.1, -0.5 / 9, 0.5 / 9))), 1e-7);
    }

    [Fact]
    public void A_penalty_that_holds_everything_stops_at_zero_at_once()
    {
        var result = new OwlqnMinimizer(new LbfgsOptions(100, 5, 0, 0, 1e-9), [1, 1], 100, 2).Minimize(new Bowls([1, 2], [3, 4], 0), new double[2], null, default);
        Assert.Equal(0, result.Iterations);
        Assert.Equal([0.0, 0.0], result.Parameters);
        Assert.Equal(StopReason.GradientTolerance, result.StopReason);
    }

    private sealed class Bowls(double[] curvature, double[] target, double noise) : IConvexObjective
    {
        private readonly Random _random = new(1);

        public int Length => curvature.Length;

        public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
        {
            var value = 1.0;
            for (var i = 0; i < curvature.Length; i++)
            {
                var off = parameters[i] - target[i];
                value += curvature[i] * off * off / 2;
                gradient[i] = curvature[i] * off;
            }

            return value * (1 + (noise * (_random.NextDouble() - 0.5)));
        }
    }
}
