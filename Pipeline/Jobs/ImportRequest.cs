using MlTransfer.Features.Backbones;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>What the user says of features that another program computed.</summary>
internal sealed record ImportRequest
{
    /// <summary>The files or folders; at least one.</summary>
    public required IReadOnlyList<FeatureFile> Files { get; init; }

    /// <summary>A name for the network that computed them; null where it is not said.</summary>
    public string? Network { get; init; }

    /// <summary>File of the classes' names; null to keep the labels as they are.</summary>
    public string? LabelNames { get; init; }

    /// <summary>The graph that computed them; null where it is not known.</summary>
    public BackboneRequest? Graph { get; init; }
}
