namespace MlTransfer.Trainers.Schedules;

/// <summary>initial · factor^(step / decaySteps).</summary>
public sealed record ExponentialDecay : LearningRateSchedule
{
    private readonly double _initial;
    private readonly long _decaySteps;
    private readonly double _factor;
    private readonly bool _staircase;

    /// <summary>Keeps the numbers.</summary>
    /// <param name="initial">The rate at step 0, above zero.</param>
    /// <param name="decaySteps">Steps after which the rate has been multiplied once, one or more.</param>
    /// <param name="factor">What the rate is multiplied by, zero or more.</param>
    /// <param name="staircase">Whether the exponent is rounded down, so that the rate falls in stairs.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public ExponentialDecay(double initial, long decaySteps, double factor, bool staircase = false)
    {
        _initial = CheckedRate(initial);
        _decaySteps = CheckedSteps(decaySteps);
        _factor = CheckedFactor(factor, "factor");
        _staircase = staircase;
    }

    internal override string Name => "exponential";

    /// <inheritdoc/>
    public override double At(long stepsDone) => _initial * Math.Pow(_factor, _staircase ? stepsDone / _decaySteps : stepsDone / (double)_decaySteps);
}
