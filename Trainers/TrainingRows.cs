namespace MlTransfer.Trainers;

/// <summary>Examples with their labels, to learn from or to validate on.</summary>
/// <remarks>A view: nothing is copied, and nothing may change while a trainer uses it.</remarks>
public sealed record TrainingRows
{
    /// <summary>One row an example; every number finite. In a file (<see cref="MappedFeatures"/>) where they are too many for the memory.</summary>
    public required IFeatureSource Features { get; init; }

    /// <summary>A class a row, 0 … classes − 1.</summary>
    public required ReadOnlyMemory<int> Labels { get; init; }

    /// <summary>How much each row counts, zero or more and finite; empty (default) means 1 each.</summary>
    public ReadOnlyMemory<double> SampleWeights { get; init; }
}
