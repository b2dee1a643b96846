namespace MlTransfer.Trainers.Heads;

/// <summary>What a head was fitted on and how well it did; kept in the head file for the reader.</summary>
public sealed record TrainingFacts
{
    /// <summary>Rows the head was fitted on.</summary>
    public int Rows { get; init; }

    /// <summary>How training and test rows were told apart, in words; null when not known.</summary>
    public string? Split { get; init; }

    /// <summary>The objective at the end of the fit; null when not known.</summary>
    public double? Objective { get; init; }

    /// <summary>Measured figures by name, for example <c>test_accuracy</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}
