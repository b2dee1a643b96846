namespace MlTransfer.Trainers.Selection;

/// <summary>How <see cref="RegularizationPathTrainer"/> searches for a strength of the penalty.</summary>
public sealed record RegularizationPathOptions
{
    /// <summary>Default of <see cref="Folds"/>.</summary>
    public const int DefaultFolds = 5;

    /// <summary>Everything but the penalty, whose L1 and L2 are replaced.</summary>
    public required SoftmaxRegressionOptions Regression { get; init; }

    /// <summary>Share of the strength that is L1, 0 (default: L2 alone) to 1 (L1 alone).</summary>
    public double L1Ratio { get; init; }

    /// <summary>
    /// Strengths to try, each above zero; null (default) tries 1, 0.32, 0.1 and so on (two a decade) down to 1e-7, and stops where the loss has been above its
    /// least for three strengths in a row.
    /// </summary>
    public IReadOnlyList<double>? Strengths { get; init; }

    /// <summary>Folds of the stratified cross-validation, 2 or more, default 5; fewer where there are fewer rows.</summary>
    public int Folds { get; init; } = DefaultFolds;

    /// <summary>Which strength is picked, default that of the least loss.</summary>
    public SelectionRule Rule { get; init; }

    /// <summary>Seed of the folds, default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that says which option is out of its range.</summary>
    internal void ThrowIfNotValid()
    {
        ArgumentNullException.ThrowIfNull(Regression);
        Regression.WithStrength(1, L1Ratio).ThrowIfNotValid();
        if (Folds < 2)
        {
            throw new ArgumentException($"Cross-validation needs two folds or more; {Folds} were given.");
        }

        if (Strengths is { Count: 0 })
        {
            throw new ArgumentException("No strength to try was given.");
        }

        foreach (var strength in Strengths ?? [])
        {
            if (!double.IsFinite(strength) || strength <= 0)
            {
                throw new ArgumentException($"A strength to try must be above zero and finite; {strength} was given.");
            }
        }
    }
}
