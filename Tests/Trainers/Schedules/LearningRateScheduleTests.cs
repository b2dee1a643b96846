using MlTransfer.Trainers.Schedules;

namespace MlTransfer.Trainers.Tests.Schedules;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Rates_that_fall_to_an_end_stay_there()
    {
        Assert.Equal(0.02, new CosineDecay(0.2, 10, 0.1).At(1_000_000), 1e-15);
        Assert.Equal(0.03, new PolynomialDecay(0.2, 10, 0.03, 2).At(11), 1e-15);
        Assert.Equal(0.5, new StepDecay([3, 7], [2, 1, 0.5]).At(long.MaxValue));
    }

    [Fact]
    public void Rates_at_places_known()
    {
        Assert.Equal(0.11, new CosineDecay(0.2, 10, 0.1).At(5), 1e-15);
        Assert.Equal(0.15, new PolynomialDecay(0.2, 10, 0.1).At(5), 1e-15);
        Assert.Equal(0.1, new ExponentialDecay(0.2, 10, 0.25).At(5), 1e-15);
        Assert.Equal(0.2, new ExponentialDecay(0.2, 10, 0.25, staircase: true).At(9), 1e-15);
        Assert.Equal(0.05, new InverseTimeDecay(0.2, 10, 3).At(10), 1e-15);
        Assert.Equal([2, 1, 1, 0.5], new long[] { 3, 4, 7, 8 }.Select(new StepDecay([3, 7], [2, 1, 0.5]).At));
        Assert.Equal(0.3, new ConstantRate(0.3).At(99));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Contains("learning rate", Assert.Throws<ArgumentException>(() => new ConstantRate(0)).Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", Assert.Throws<ArgumentException>(() => new CosineDecay(double.NaN, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("one step", Assert.Throws<ArgumentException>(() => new CosineDecay(1, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("power", Assert.Throws<ArgumentException>(() => new PolynomialDecay(1, 1, 0, -1)).Message, StringComparison.Ordinal);
        Assert.Contains("factor", Assert.Throws<ArgumentException>(() => new ExponentialDecay(1, 1, double.PositiveInfinity)).Message, StringComparison.Ordinal);
        Assert.Contains("factor", Assert.Throws<ArgumentException>(() => new InverseTimeDecay(1, 1, -1)).Message, StringComparison.Ordinal);
        Assert.Contains("2 rates", Assert.Throws<ArgumentException>(() => new StepDecay([1], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("rise", Assert.Throws<ArgumentException>(() => new StepDecay([1, 1], [1, 2, 3])).Message, StringComparison.Ordinal);
    }
}
