using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Classification;

/// <summary>What a classifier says of one image. Immutable; safe to use from any thread.</summary>
public sealed class ImagePrediction
{
    private readonly float[] _probabilities;

    internal ImagePrediction(IReadOnlyList<string> labels, float[] probabilities, RejectionVerdict? verdict)
    {
        Verdict = verdict;
        Labels = labels;
        _probabilities = probabilities;
        var best = 0;
        for (var c = 1; c < probabilities.Length; c++)
        {
            best = probabilities[c] > probabilities[best] ? c : best;
        }

        (Label, Probability) = (labels[best], probabilities[best]);
    }

    /// <summary>The most probable label; of equally probable ones the first in the head's order.</summary>
    public string Label { get; }

    /// <summary>Its probability, 0 … 1.</summary>
    public float Probability { get; }

    /// <summary>Whether the image looks like none of the labels; null where the head was fitted without a rule for that.</summary>
    public RejectionVerdict? Verdict { get; }

    /// <summary>All labels, in the head's order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>A probability a label, in the order of <see cref="Labels"/>; they sum to 1.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary>The most probable labels, most probable first; of equally probable ones the first in the head's order.</summary>
    /// <param name="count">How many, 1 or more; all where there are fewer.</param>
    public IReadOnlyList<LabelProbability> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. _probabilities.Select((probability, label) => new LabelProbability(Labels[label], probability)).OrderByDescending(label => label.Probability).Take(count)];
    }

    /// <inheritdoc/>
    public override string ToString() => Verdict is { IsRejected: true }
        ? FormattableString.Invariant($"none of these ({Label} {Probability:0.0000})")
        : FormattableString.Invariant($"{Label} {Probability:0.0000}");
}
