namespace MlTransfer.Features.Engines;

/// <summary>How an engine runs.</summary>
public sealed record EngineOptions
{
    private readonly int _threads = Environment.ProcessorCount;

    /// <summary>The numbers that the managed engine computes with; default: single precision. The other gives other features.</summary>
    public Precision Precision { get; init; }

    /// <summary>Threads that compute, at least 1; default: one a processor. Results do not depend on it.</summary>
    public int Threads
    {
        get => _threads;
        init => _threads = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one thread is needed.");
    }
}
