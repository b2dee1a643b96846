namespace MlTransfer.Trainers.Schedules;

/// <summary>The same rate at every step.</summary>
public sealed record ConstantRate : LearningRateSchedule
{
    private readonly double _rate;

    /// <summary>Keeps the rate.</summary>
    /// <param name="rate">Above zero and finite.</param>
    /// <exception cref="ArgumentException">The rate is out of range.</exception>
    public ConstantRate(double rate) => _rate = CheckedRate(rate);

    internal override string Name => "constant";

    /// <inheritdoc/>
    public override double At(long stepsDone) => _rate;
}
