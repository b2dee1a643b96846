namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Bottleneck features that another program computed, with their labels.</summary>
/// <remarks>Every value is finite. Immutable by convention; safe to read from any thread.</remarks>
public sealed class BottleneckSet
{
    /// <summary>Puts a set together.</summary>
    /// <param name="features">Rows × numbers a row, row-major, all finite; kept, not copied.</param>
    /// <param name="shape">Rows first, then the extents of a row: (N, D) or (N, H, W, C).</param>
    /// <param name="labels">The class of each row, or null where the source names them as texts or has none.</param>
    /// <param name="labelTexts">The class name of each row, or null.</param>
    /// <param name="names">A unique name for each row, such as its image's path; null for the row numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public BottleneckSet(float[] features, IReadOnlyList<int> shape, IReadOnlyList<long>? labels, IReadOnlyList<string>? labelTexts = null, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(shape);
        var dimension = shape.Count < 2 ? 0 : shape.Skip(1).Aggregate(1L, (product, extent) => product * extent);
        if (dimension < 1 || shape[0] * dimension != features.Length)
        {
            throw new ArgumentException($"{features.Length} numbers are not rows of shape ({string.Join(", ", shape)}).", nameof(shape));
        }

        foreach (var count in new[] { labels?.Count, labelTexts?.Count, names?.Count })
        {
            if (count is { } length && length != shape[0])
            {
                throw new ArgumentException($"{length} labels or names were given for {shape[0]} rows.", nameof(labels));
            }
        }

        (Features, Shape, Dimension) = (features, shape, (int)dimension);
        (Labels, LabelTexts, Names) = (labels, labelTexts, names);
    }

    /// <summary>The values, <see cref="Rows"/> × <see cref="Dimension"/>, row-major.</summary>
    public float[] Features { get; }

    /// <summary>The shape as the source has it: rows, then the extents of a row, (N, D) or (N, H, W, C).</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Number of rows; 0 is possible.</summary>
    public int Rows => Shape[0];

    /// <summary>Numbers a row: the product of the extents after the first.</summary>
    public int Dimension { get; }

    /// <summary>The class of each row, zero or more; null where <see cref="LabelTexts"/> has them or the source has none.</summary>
    public IReadOnlyList<long>? Labels { get; }

    /// <summary>The class name of each row; null where <see cref="Labels"/> has them or the source has none.</summary>
    public IReadOnlyList<string>? LabelTexts { get; }

    /// <summary>A unique name for each row where the source has one, such as the image's path; else null.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Whether every row has a label.</summary>
    public bool HasLabels => Labels is not null || LabelTexts is not null;
}
