using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>What a user says of features that another program computed, beside the file itself.</summary>
public sealed record BottleneckReadOptions
{
    /// <summary>File with the label of each row, for a source that has none of its own (.npy, or a list with one label a line); null: none.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>
    /// A .npy matrix (little-endian float16, float32 or float64, C order) of a file of so many bytes or more is left on the disk; default 1 GiB. See
    /// <see cref="BottleneckSet.Mapped"/>.
    /// </summary>
    public long MapFromBytes { get; init; } = MappedNpyMatrix.DefaultResidentBytes;

    /// <summary>With a table: the column of the labels, by its name or its number from 1; null: told from the names and the values.</summary>
    public string? LabelColumn { get; init; }
}
