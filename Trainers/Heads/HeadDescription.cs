using MlTransfer.Features.Cache;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Heads;

/// <summary>What a head file says beside the weights: classes, the features it needs, and where it comes from.</summary>
public sealed record HeadDescription
{
    /// <summary>Names of the classes, in the order of the probabilities.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Id of the backbone whose features the head needs, for example <c>inception-v3</c>.</summary>
    public required string BackboneId { get; init; }

    /// <summary>SHA-256 of the backbone's graph file, 64 hexadecimal digits.</summary>
    public required string GraphSha256 { get; init; }

    /// <summary>The tensor (tap) of the graph that gives the features, for example <c>bottleneck:0</c>.</summary>
    public required string Tensor { get; init; }

    /// <summary>Id of the preprocessing that the features were computed with.</summary>
    public required string Preprocessing { get; init; }

    /// <summary>Name of the trainer, for example <c>lbfgs</c>; null when not known.</summary>
    public string? Trainer { get; init; }

    /// <summary>The trainer's options as text; empty when not known.</summary>
    public IReadOnlyDictionary<string, string> TrainerOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>What the head was fitted on; null when not known.</summary>
    public TrainingFacts? Training { get; init; }

    /// <summary>
    /// What logits are divided by before softmax (temperature scaling), above zero; null for 1. Heads without logits raise probabilities to the power of 1 over
    /// it and scale them to the sum 1, which is the same. It changes how sure a head is, not what it predicts.
    /// </summary>
    public double? Temperature { get; init; }

    /// <summary>When the head is to answer "none of these"; null where it never does.</summary>
    public RejectionRule? Rejection { get; init; }

    /// <summary>Program and version that made the head; null when not known.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>The description of a head for the features of a cache.</summary>
    /// <param name="features">What the features were computed with.</param>
    /// <param name="labels">Names of the classes, in the order of the probabilities.</param>
    public static HeadDescription Of(FeatureStoreKey features, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        return new HeadDescription
        {
            Labels = labels,
            BackboneId = features.BackboneId,
            GraphSha256 = features.GraphSha256,
            Tensor = features.Tensor,
            Preprocessing = features.Preprocessing,
        };
    }
}
