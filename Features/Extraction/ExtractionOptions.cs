namespace MlTransfer.Features.Extraction;

/// <summary>How an extraction works. None of it changes a result.</summary>
public sealed record ExtractionOptions
{
    private readonly int _batch = 8;

    /// <summary>Images the engine computes at once, at least 1; default 8.</summary>
    public int Batch
    {
        get => _batch;
        init => _batch = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A batch has at least one image.");
    }

    /// <summary>What to do at an image that can not be read; default skip.</summary>
    public OnImageError OnError { get; init; }

    /// <summary>Longest time between two saves to the disk; default 2 seconds.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(2);
}
