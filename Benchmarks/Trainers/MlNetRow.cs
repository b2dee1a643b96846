namespace MlTransfer.Benchmarks.Trainers;

/// <summary>A row as ML.NET reads it by reflection.</summary>
public sealed class MlNetRow
{
    /// <summary>The features.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The class, from 0: ML.NET itself adds the 1 that its keys begin with.</summary>
    public uint Label { get; set; }
}
