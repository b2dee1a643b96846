namespace MlTransfer.Trainers.Schedules;

/// <summary>(initial − end) · (1 − step / decaySteps)^power + end; from <c>decaySteps</c> on the rate stays at the end.</summary>
public sealed record PolynomialDecay : LearningRateSchedule
{
    private readonly double _initial;
    private readonly long _decaySteps;
    private readonly double _end;
    private readonly double _power;

    /// <summary>Keeps the numbers.</summary>
    /// <param name="initial">The rate at step 0, above zero.</param>
    /// <param name="decaySteps">Steps until the end, one or more.</param>
    /// <param name="end">The last rate, zero or more, default 0.0001.</param>
    /// <param name="power">The exponent, zero or more, default 1 (a straight line).</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public PolynomialDecay(double initial, long decaySteps, double end = 0.0001, double power = 1)
    {
        _initial = CheckedRate(initial);
        _decaySteps = CheckedSteps(decaySteps);
        _end = CheckedRate(end, zeroAllowed: true);
        _power = CheckedFactor(power, "power");
    }

    internal override string Name => "polynomial";

    /// <inheritdoc/>
    public override double At(long stepsDone) => ((_initial - _end) * Math.Pow(1 - (Math.Min(stepsDone, _decaySteps) / (double)_decaySteps), _power)) + _end;
}
