using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Sources;

/// <summary>One image file and the class it belongs to.</summary>
/// <param name="Path">The name shown to users and stored with features: relative to the data set's root, with '/' between its parts on every system.</param>
/// <param name="FullPath">Where the file is read from.</param>
/// <param name="Label">Name of the class, never empty.</param>
public sealed record LabeledImage(string Path, string FullPath, string Label)
{
    /// <summary>The subset that the source itself assigns (a list's <c>split</c> column); null when it says nothing.</summary>
    public Subset? Subset { get; init; }

    /// <summary>How much the image counts in training (a list's <c>weight</c> column), zero or more and finite; 1 where the source says nothing.</summary>
    public double Weight { get; init; } = 1;
}
