namespace MlTransfer.Trainers.Schedules;

/// <summary>One rate up to and including a step, the next rate after it, and so on (Keras' PiecewiseConstantDecay).</summary>
public sealed record StepDecay : LearningRateSchedule
{
    private readonly long[] _boundaries;
    private readonly double[] _rates;

    /// <summary>Copies the numbers.</summary>
    /// <param name="boundaries">The last step of every rate but the last, rising; may be empty.</param>
    /// <param name="rates">The rates, one more than boundaries, each above zero.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, the boundaries do not rise or a rate is out of range.</exception>
    public StepDecay(IReadOnlyList<long> boundaries, IReadOnlyList<double> rates)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        ArgumentNullException.ThrowIfNull(rates);
        if (rates.Count != boundaries.Count + 1)
        {
            throw new ArgumentException($"{boundaries.Count} boundaries of a learning-rate schedule take {boundaries.Count + 1} rates; {rates.Count} were given.", nameof(rates));
        }

        for (var i = 0; i < boundaries.Count; i++)
        {
            if (boundaries[i] < 0 || (i > 0 && boundaries[i] <= boundaries[i - 1]))
            {
                throw new ArgumentException($"The boundaries of a learning-rate schedule must rise from 0; {boundaries[i]} is out of order.", nameof(boundaries));
            }
        }

        _boundaries = [.. boundaries];
        _rates = [.. rates.Select(rate => CheckedRate(rate))];
    }

    internal override string Name => "step";

    /// <inheritdoc/>
    public override double At(long stepsDone)
    {
        var place = 0;
        while (place < _boundaries.Length && stepsDone > _boundaries[place])
        {
            place++;
        }

        return _rates[place];
    }
}
