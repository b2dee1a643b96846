using MlTransfer.Features.Engines;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What to time and how.</summary>
internal sealed record ProfileRequest
{
    /// <summary>Id in the catalog or path of a graph.</summary>
    public required string Model { get; init; }

    /// <summary>The tensor that takes the images; null to find it.</summary>
    public string? Input { get; init; }

    /// <summary>The tensor, or tap, to compute; null to find it.</summary>
    public string? Tensor { get; init; }

    /// <summary>Pixels on a side where the graph leaves them open; null for 224.</summary>
    public int? Size { get; init; }

    /// <summary>Images at once, at least 1.</summary>
    public required int Batch { get; init; }

    /// <summary>Runs that are timed, at least 1.</summary>
    public required int Rounds { get; init; }

    /// <summary>Threads.</summary>
    public required EngineOptions Engine { get; init; }
}
