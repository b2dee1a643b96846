namespace MlTransfer.Trainers.DualAscent;

/// <summary>The parameters of the least objective that a dual ascent came by: it need not end there.</summary>
internal sealed class BestPoint(DualAscentRun ascent, double gap)
{
    private double _value = ascent.Value;

    /// <summary>The parameters.</summary>
    public double[] Parameters { get; } = [.. ascent.Parameters];

    /// <summary>Their duality gap.</summary>
    public double Gap { get; private set; } = gap;

    /// <summary>Keeps where the ascent is now, if its objective is less.</summary>
    /// <param name="measured">The duality gap there.</param>
    public void Note(double measured)
    {
        if (ascent.Value < _value)
        {
            (_value, Gap) = (ascent.Value, measured);
            ascent.Parameters.CopyTo(Parameters, 0);
        }
    }
}
