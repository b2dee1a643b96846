using System.Globalization;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Bottleneck features that another program computed, with their labels.</summary>
/// <remarks>Every value is finite, but for those of a file that is left on the disk, which nobody has looked at. Immutable by convention; safe to read from any thread.</remarks>
public sealed class BottleneckSet
{
    private readonly Lazy<float[]> _features;

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

        ThrowIfNotOneARow(shape[0], labels, labelTexts, names);
        (_features, Shape, Dimension) = (new Lazy<float[]>(features), shape, (int)dimension);
        (Labels, LabelTexts, Names) = (labels, labelTexts, names);
    }

    /// <summary>Puts a set together whose features stay in their file.</summary>
    /// <param name="matrix">The features; not disposed of by the set.</param>
    /// <param name="labels">The class of each row, or null where they are texts or there are none.</param>
    /// <param name="labelTexts">The class name of each row, or null.</param>
    /// <param name="names">A unique name for each row; null for the row numbers.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public BottleneckSet(MappedNpyMatrix matrix, IReadOnlyList<long>? labels, IReadOnlyList<string>? labelTexts = null, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ThrowIfNotOneARow(matrix.Rows, labels, labelTexts, names);
        (_features, Shape, Dimension) = (new Lazy<float[]>(() => FeatureNumbers.ToFeatures(matrix)), [matrix.Rows, matrix.Columns], matrix.Columns);
        (Mapped, Labels, LabelTexts, Names) = (matrix, labels, labelTexts, names);
    }

    /// <summary>The values of another set, with other labels and names.</summary>
    private BottleneckSet(BottleneckSet source, IReadOnlyList<long>? labels, IReadOnlyList<string>? labelTexts, IReadOnlyList<string>? names)
    {
        ThrowIfNotOneARow(source.Rows, labels, labelTexts, names);
        (_features, Shape, Dimension, Mapped) = (source._features, source.Shape, source.Dimension, source.Mapped);
        (Labels, LabelTexts, Names) = (labels, labelTexts, names);
        (Subsets, Hashes, Notices) = (source.Subsets, source.Hashes, source.Notices);
    }

    /// <summary>The values, <see cref="Rows"/> × <see cref="Dimension"/>, row-major; of a file that is left on the disk they are read when first asked for.</summary>
    /// <exception cref="InvalidDataException">A value of a file on the disk is not finite, or there are more than an array can hold.</exception>
    public float[] Features => _features.Value;

    /// <summary>The file, where the features are left on the disk, open until the caller disposes of it; else null.</summary>
    public MappedNpyMatrix? Mapped { get; }

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

    /// <summary>What each row is for, where the source says it; null where it does not. A row left open is null.</summary>
    public IReadOnlyList<Subset?>? Subsets { get; init; }

    /// <summary>The content of each row's image, where the source says it; else null.</summary>
    public IReadOnlyList<ContentHash>? Hashes { get; init; }

    /// <summary>What a user should know of how the source was understood, one sentence each.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Whether every row has a label.</summary>
    public bool HasLabels => Labels is not null || LabelTexts is not null;

    /// <summary>Copies the values of a row, from memory or from the file.</summary>
    /// <param name="row">0 … <see cref="Rows"/> − 1.</param>
    /// <param name="target">Exactly <see cref="Dimension"/> numbers.</param>
    /// <exception cref="InvalidDataException">A value of a file on the disk is not finite.</exception>
    public void CopyRow(int row, Span<float> target)
    {
        if (Mapped is null)
        {
            Features.AsSpan(row * Dimension, Dimension).CopyTo(target);
            return;
        }

        Mapped.CopyRow(row, target);
        Mapped.Release(row, 1);
        FeatureNumbers.ThrowIfNotFinite(target, row);
    }

    /// <summary>The label of a row as text; a class number in digits.</summary>
    /// <param name="row">0 … <see cref="Rows"/> − 1.</param>
    /// <exception cref="InvalidOperationException">The rows have no labels.</exception>
    public string LabelOf(int row) => LabelTexts?[row]
        ?? Labels?[row].ToString(CultureInfo.InvariantCulture)
        ?? throw new InvalidOperationException("The rows have no labels.");

    /// <summary>The same rows with these labels.</summary>
    /// <param name="labels">The class of each row, or null.</param>
    /// <param name="labelTexts">The class name of each row, or null.</param>
    /// <exception cref="ArgumentException">Not one a row.</exception>
    public BottleneckSet WithLabels(IReadOnlyList<long>? labels, IReadOnlyList<string>? labelTexts) =>
        new(this, labels, labelTexts, Names);

    /// <summary>The same rows with these notices.</summary>
    internal BottleneckSet WithNotices(IReadOnlyList<string> notices) => new(this, Labels, LabelTexts, Names) { Notices = notices };

    /// <summary>The same rows with the names of their classes in place of the numbers; a label that is a name already stays.</summary>
    /// <param name="classNames">The name of class i is element i; see <see cref="ClassNames"/>.</param>
    /// <exception cref="InvalidDataException">A label is neither a number of a class nor the name of one.</exception>
    public BottleneckSet WithClassNames(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        if (!HasLabels)
        {
            return this;
        }

        var known = classNames.ToHashSet(StringComparer.Ordinal);
        return WithLabels(null, [.. Enumerable.Range(0, Rows).Select(row => LabelOf(row) is var label && known.Contains(label) ? label
            : int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < classNames.Count ? classNames[number]
            : throw new InvalidDataException($"the label of row {row} is {label}; a class from 0 to {classNames.Count - 1} or its name was expected ({string.Join(", ", classNames.Take(8))}{(classNames.Count > 8 ? " …" : "")})."))]);
    }

    /// <summary>The same rows, all for one use.</summary>
    /// <param name="subset">The use.</param>
    public BottleneckSet As(Subset subset) =>
        new(this, Labels, LabelTexts, Names) { Subsets = [.. Enumerable.Repeat<Subset?>(subset, Rows)] };

    /// <summary>The same rows under names that also say which file they are of; rows with names keep them.</summary>
    /// <param name="source">The file's name.</param>
    public BottleneckSet Named(string source) => Names is not null
        ? this
        : new(this, Labels, LabelTexts, [.. Enumerable.Range(0, Rows).Select(row => string.Create(CultureInfo.InvariantCulture, $"{source}#{row}"))]);

    /// <summary>The rows of several sets, one after the other.</summary>
    /// <param name="parts">At least one; each with names, all with labels or none, rows of one length.</param>
    /// <exception cref="InvalidDataException">They do not go together; the message says why.</exception>
    public static BottleneckSet Join(IReadOnlyList<BottleneckSet> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var first = parts[0];
        foreach (var part in parts)
        {
            if (part.Dimension != first.Dimension)
            {
                throw new InvalidDataException($"one part has rows of {first.Dimension} numbers, another of {part.Dimension}; they are features of different networks.");
            }

            if (part.HasLabels != first.HasLabels)
            {
                throw new InvalidDataException("one part has labels, another has none.");
            }
        }

        var rows = parts.Sum(part => (long)part.Rows);
        if (rows * first.Dimension > Array.MaxLength)
        {
            throw new InvalidDataException($"{rows} rows of {first.Dimension} numbers do not fit one array ({Array.MaxLength} numbers).");
        }

        string[] names = [.. parts.SelectMany(part => part.Names ?? throw new InvalidDataException("a part has rows without names."))];
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
        {
            var repeated = names.GroupBy(name => name, StringComparer.Ordinal).First(group => group.Skip(1).Any()).Key;
            throw new InvalidDataException($"the row {repeated} is in two parts: what a head learns from can not also test it.");
        }

        var features = new float[rows * first.Dimension];
        var filled = 0;
        foreach (var part in parts)
        {
            part.Features.CopyTo(features, filled);
            filled += part.Features.Length;
        }

        var byNumber = parts.All(part => part.Labels is not null);
        return new BottleneckSet(
            features,
            [(int)rows, first.Dimension],
            byNumber ? [.. parts.SelectMany(part => part.Labels!)] : null,
            byNumber || !first.HasLabels ? null : [.. parts.SelectMany(part => Enumerable.Range(0, part.Rows).Select(part.LabelOf))],
            names)
        {
            Subsets = parts.Any(part => part.Subsets is not null) ? [.. parts.SelectMany(part => part.Subsets ?? new Subset?[part.Rows])] : null,
            Hashes = parts.All(part => part.Hashes is not null) ? [.. parts.SelectMany(part => part.Hashes!)] : null,
            Notices = [.. parts.SelectMany(part => part.Notices)],
        };
    }

    private static void ThrowIfNotOneARow(int rows, IReadOnlyList<long>? labels, IReadOnlyList<string>? labelTexts, IReadOnlyList<string>? names)
    {
        foreach (var count in new[] { labels?.Count, labelTexts?.Count, names?.Count })
        {
            if (count is { } length && length != rows)
            {
                throw new ArgumentException($"{length} labels or names were given for {rows} rows.", nameof(labels));
            }
        }
    }
}
