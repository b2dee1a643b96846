using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How much the images of each label count.</summary>
/// <param name="ByLabel">A weight for some labels, the others count 1; null for weights that make up for the numbers of images (balanced).</param>
internal sealed record ClassWeightRequest(IReadOnlyDictionary<string, double>? ByLabel)
{
    /// <summary>One weight a label, in their order; null where they are balanced.</summary>
    /// <exception cref="UsageException">A weight is for a label that there is not.</exception>
    public IReadOnlyList<double>? Of(IReadOnlyList<string> labels)
    {
        var unknown = ByLabel?.Keys.Except(labels, StringComparer.Ordinal).ToArray() ?? [];
        return unknown.Length == 0
            ? ByLabel is null ? null : [.. labels.Select(label => ByLabel.GetValueOrDefault(label, 1))]
            : throw new UsageException($"--class-weights: there is no label {string.Join(", ", unknown)}; there are {string.Join(", ", labels.Take(20))}.");
    }
}
