namespace MlTransfer.Trainers.Schedules;

/// <summary>Half a cosine wave from the initial rate down to a share of it, which then stays (Loshchilov, Hutter: SGDR, 2017, without restarts).</summary>
public sealed record CosineDecay : LearningRateSchedule
{
    private readonly double _initial;
    private readonly long _decaySteps;
    private readonly double _floor;

    /// <summary>Keeps the numbers.</summary>
    /// <param name="initial">The rate at step 0, above zero.</param>
    /// <param name="decaySteps">Steps until the lowest rate, one or more.</param>
    /// <param name="floor">The lowest rate as a share of the first, zero or more, default 0.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public CosineDecay(double initial, long decaySteps, double floor = 0)
    {
        _initial = CheckedRate(initial);
        _decaySteps = CheckedSteps(decaySteps);
        _floor = CheckedFactor(floor, "floor");
    }

    internal override string Name => "cosine";

    /// <inheritdoc/>
    public override double At(long stepsDone)
    {
        var wave = 0.5 * (1 + Math.Cos(Math.PI * Math.Min(stepsDone, _decaySteps) / _decaySteps));
        return _initial * (((1 - _floor) * wave) + _floor);
    }
}
