namespace MlTransfer.Trainers.Schedules;

/// <summary>initial / (1 + factor · step / decaySteps).</summary>
public sealed record InverseTimeDecay : LearningRateSchedule
{
    private readonly double _initial;
    private readonly long _decaySteps;
    private readonly double _factor;

    /// <summary>Keeps the numbers.</summary>
    /// <param name="initial">The rate at step 0, above zero.</param>
    /// <param name="decaySteps">The unit that steps are counted in, one or more.</param>
    /// <param name="factor">How fast the rate falls, zero or more.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public InverseTimeDecay(double initial, long decaySteps, double factor)
    {
        _initial = CheckedRate(initial);
        _decaySteps = CheckedSteps(decaySteps);
        _factor = CheckedFactor(factor, "factor");
    }

    internal override string Name => "inverse-time";

    /// <inheritdoc/>
    public override double At(long stepsDone) => _initial / (1 + (_factor * stepsDone / _decaySteps));
}
