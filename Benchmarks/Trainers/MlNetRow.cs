namespace MlTransfer.Benchmarks.Trainers;

/// <summary>A row as ML.NET reads it by reflection.</summary>
public sealed class MlNetRow
{
    /// <summary>The features.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The class, from 1.</summary>
    public uint Label { get; set; }
}
