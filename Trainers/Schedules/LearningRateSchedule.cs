namespace MlTransfer.Trainers.Schedules;

/// <summary>The step length of mini-batch training as a function of the steps already done. Immutable; safe to use from any thread.</summary>
/// <remarks>The formulas are those of <c>keras.optimizers.schedules</c>.</remarks>
public abstract record LearningRateSchedule
{
    private protected LearningRateSchedule()
    {
    }

    /// <summary>The name it goes by in head files.</summary>
    internal abstract string Name { get; }

    /// <summary>The rate of a step.</summary>
    /// <param name="stepsDone">Steps done before it, from 0.</param>
    public abstract double At(long stepsDone);

    /// <summary>A rate that a schedule starts from or ends at: finite and above zero, or zero where that is allowed.</summary>
    private protected static double CheckedRate(double rate, bool zeroAllowed = false) =>
        double.IsFinite(rate) && (rate > 0 || (zeroAllowed && rate == 0))
            ? rate
            : throw new ArgumentException($"The learning rate must be {(zeroAllowed ? "zero or more" : "above zero")} and finite; {rate} was given.");

    /// <summary>A number of steps over which a rate falls.</summary>
    private protected static long CheckedSteps(long steps) =>
        steps >= 1 ? steps : throw new ArgumentException($"A learning-rate schedule needs one step or more to decay over; {steps} were given.");

    /// <summary>A factor or exponent of a schedule.</summary>
    private protected static double CheckedFactor(double factor, string what) =>
        double.IsFinite(factor) && factor >= 0 ? factor : throw new ArgumentException($"The {what} of a learning-rate schedule must be zero or more and finite; {factor} was given.");
}
