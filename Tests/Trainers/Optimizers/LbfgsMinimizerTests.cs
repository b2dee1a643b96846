using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.Tests.Optimizers;

public sealed class LbfgsMinimizerTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    public void An_ill_conditioned_bowl_is_minimised_even_with_noisy_values(double noise)
    {
        var bowl = new Bowl([.. Enumerable.Range(0, 30).Select(i => Math.Pow(10, i / 10.0))], noise);
        var result = new LbfgsMinimizer(new LbfgsOptions(1000, 10, 1, 1e-10, 0), [.. Enumerable.Repeat(1.0, 30)])
            .Minimize(bowl, new double[30], null, default);
        Assert.Equal(StopReason.ObjectiveTolerance, result.StopReason);
        Assert.All(result.Parameters, value => Assert.Equal(1, value, 1e-4));
    }

    [Fact]
    public void The_right_diagonal_makes_it_two_steps()
    {
        double[] curvature = [1, 100, 1e4, 1e6];
        var result = new LbfgsMinimizer(new LbfgsOptions(100, 10, 1, 1e-12, 0), curvature).Minimize(new Bowl(curvature, 0), new double[4], null, default);
        Assert.True(result.Iterations <= 2);
    }

    [Fact]
    public void It_stops_where_it_starts_when_that_is_the_minimum()
    {
        var result = new LbfgsMinimizer(new LbfgsOptions(100, 5, 0, 0, 1e-9), [1, 1]).Minimize(new Bowl([1, 2], 0), [1, 1], null, default);
        Assert.Equal(0, result.Iterations);
        Assert.Equal(StopReason.GradientTolerance, result.StopReason);
    }

    [Fact]
    public void A_function_without_minimum_uses_up_its_iterations()
    {
        var result = new LbfgsMinimizer(new LbfgsOptions(7, 5, 0, 0, 0), [1]).Minimize(new Falling(), new double[1], null, default);
        Assert.Equal(StopReason.MaxIterations, result.StopReason);
        Assert.Equal(7, result.Iterations);
    }

    [Fact]
    public void A_search_from_far_too_short_or_long_a_direction_meets_the_wolfe_conditions()
    {
        foreach (var length in new[] { 1e-6, 1e-2, 1, 1e3, 1e8 })
        {
            var bowl = new Bowl([3], 0);
            var search = new ConvexLineSearch(bowl);
            var gradient = new double[1];
            var value = bowl.Evaluate([0], gradient);
            Assert.True(search.Run([0], [length], value, gradient[0] * length));
            Assert.True(search.Value < value);
            Assert.True(Math.Abs(search.Gradient[0]) <= 0.9 * Math.Abs(gradient[0]));
        }
    }

    /// <summary>1 + ½ Σ curvature · (x − 1)², values with some noise.</summary>
    private sealed class Bowl(double[] curvature, double noise) : IConvexObjective
    {
        private readonly Random _random = new(1);

        public int Length => curvature.Length;

        public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
        {
            var value = 1.0;
            for (var i = 0; i < curvature.Length; i++)
            {
                var off = parameters[i] - 1;
                value += curvature[i] * off * off / 2;
                gradient[i] = curvature[i] * off;
            }

            return value * (1 + (noise * (_random.NextDouble() - 0.5)));
        }
    }

    /// <summary>ln(1 + exp(−x)): falls for ever.</summary>
    private sealed class Falling : IConvexObjective
    {
        public int Length => 1;

        public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
        {
            gradient[0] = -1 / (1 + Math.Exp(parameters[0]));
            return Math.Log(1 + Math.Exp(-parameters[0]));
        }
    }
}
