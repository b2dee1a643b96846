using System.Globalization;

namespace MlTransfer.Trainers.Optimizers;

/// <summary>How mini-batch training turns gradients into steps. Immutable; safe to use from any thread. Rules and defaults are those of Keras 3.</summary>
public abstract record Optimizer
{
    private protected Optimizer()
    {
    }

    /// <summary>The name it goes by on the command line and in head files.</summary>
    internal abstract string Name { get; }

    /// <summary>Adds its options to those of a head file; what is zero or off is left out.</summary>
    internal abstract void Describe(IDictionary<string, string> options);

    /// <summary>Throws an <see cref="ArgumentException"/> that names the number out of range.</summary>
    internal abstract void ThrowIfNotValid();

    /// <summary>An update with nothing remembered yet, for so many parameters.</summary>
    internal abstract IParameterUpdate Start(int parameters);

    private protected static void Note(IDictionary<string, string> options, string name, double value)
    {
        if (value != 0)
        {
            options[name] = value.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    private protected static void ThrowIfNotShare(double value, string what)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentException($"{what} must be at least 0 and less than 1; {value} was given.");
        }
    }

    private protected static void ThrowIfNotPositive(double value, string what)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            throw new ArgumentException($"{what} must be above zero and finite; {value} was given.");
        }
    }

    private protected static void ThrowIfNegative(double value, string what)
    {
        if (!double.IsFinite(value) || value < 0)
        {
            throw new ArgumentException($"{what} must be zero or more and finite; {value} was given.");
        }
    }
}
