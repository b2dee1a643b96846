namespace MlTransfer.Trainers;

/// <summary>Checks of class names and labels that every trainer makes.</summary>
internal static class LabelChecks
{
    public static void ThrowIfNotClassNames(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count < 2)
        {
            throw new ArgumentException(
                labels.Count == 0 ? "A classifier needs at least two classes; none was given." : $"A classifier needs at least two classes; only '{labels[0]}' was given.",
                nameof(labels));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (!seen.Add(label ?? throw new ArgumentException("A class has no name.", nameof(labels))))
            {
                throw new ArgumentException($"Two classes are named '{label}'; names must differ.", nameof(labels));
            }
        }
    }

    /// <summary>One weight a class, each zero or more and finite; or none.</summary>
    public static void ThrowIfNotClassWeights(IReadOnlyList<string> labels, IReadOnlyList<double>? weights)
    {
        if (weights is null)
        {
            return;
        }

        if (weights.Count != labels.Count)
        {
            throw new ArgumentException($"{weights.Count} class weights were given for {labels.Count} classes; give one a class.");
        }

        for (var c = 0; c < weights.Count; c++)
        {
            if (!double.IsFinite(weights[c]) || weights[c] < 0)
            {
                throw new ArgumentException($"Class '{labels[c]}' has the weight {weights[c]}; weights must be zero or more and finite.");
            }
        }
    }

    /// <summary>One label a row, each within the classes.</summary>
    public static void ThrowIfNotLabels(IFeatureSource features, ReadOnlySpan<int> labels, int classes)
    {
        if (labels.Length != features.Rows)
        {
            throw new TrainingDataException($"{labels.Length} labels were given for {features.Rows} rows of features; give one a row.");
        }

        for (var r = 0; r < labels.Length; r++)
        {
            if ((uint)labels[r] >= (uint)classes)
            {
                throw new TrainingDataException($"{features.Describe(r)} has the label {labels[r]}; with {classes} classes labels go from 0 to {classes - 1}.");
            }
        }
    }
}
