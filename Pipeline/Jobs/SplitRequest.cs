using MlTransfer.Datasets.Splits;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>How rows are split into training, validation and test.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="TestFraction">Share of all rows kept for testing, 0 to 1.</param>
/// <param name="ValidationFraction">Share of all rows kept for validation, 0 to 1.</param>
/// <param name="Seed">Seed of the stratified split.</param>
internal sealed record SplitRequest(SplitKind Kind, double TestFraction, double ValidationFraction, long Seed)
{
    /// <summary>The split of some rows.</summary>
    public DatasetSplit Apply(IReadOnlyList<string> paths, IReadOnlyList<string> labels) => Kind == SplitKind.Hash
        ? new HashSplit(TestFraction * 100, ValidationFraction * 100).Assign(paths, labels)
        : StratifiedSplit.Assign(labels, TestFraction, ValidationFraction, Seed);

    /// <summary>The rule in words, kept in the head file.</summary>
    public string Describe() => Kind == SplitKind.Hash
        ? FormattableString.Invariant($"hash of the path, test {TestFraction:0.###}, validation {ValidationFraction:0.###}")
        : FormattableString.Invariant($"stratified, test {TestFraction:0.###}, validation {ValidationFraction:0.###}, seed {Seed}");
}
