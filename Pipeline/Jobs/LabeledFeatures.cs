using MlTransfer.Datasets.Sources;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Duplicates;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Features with what is known of each row.</summary>
/// <param name="Paths">Path of each row's image, as the data set names it.</param>
/// <param name="Labels">Label of each row.</param>
/// <param name="Matrix">The features, one row an image; in memory, or in their file.</param>
internal sealed record LabeledFeatures(IReadOnlyList<string> Paths, IReadOnlyList<string> Labels, IFeatureSource Matrix)
{
    /// <summary>The content of each row's image; null where it is not known.</summary>
    public IReadOnlyList<ContentHash>? Hashes { get; init; }

    /// <summary>How much each row counts in training; null where each counts once.</summary>
    public double[]? Weights { get; init; }

    /// <summary>The features in memory.</summary>
    /// <exception cref="InvalidDataException">They are too many.</exception>
    public FeatureMatrix InMemory()
    {
        if (Matrix is FeatureMatrix matrix)
        {
            return matrix;
        }

        if ((long)Matrix.Rows * Matrix.Columns > Array.MaxLength)
        {
            throw new InvalidDataException($"{Matrix.Rows} rows of {Matrix.Columns} features are more than fit into memory at once, which comparing them with one another needs. Leave near-duplicates out: --duplicate-threshold off.");
        }

        var values = new float[Matrix.Rows * Matrix.Columns];
        for (var row = 0; row < Matrix.Rows; row++)
        {
            Matrix.CopyRow(row, values.AsSpan(row * Matrix.Columns, Matrix.Columns));
        }

        return new FeatureMatrix(values, Matrix.Rows, Matrix.Columns, Matrix.Names);
    }

    /// <summary>Rows that look like copies of one another. The default threshold rises with what chance alone makes as similar; any other is taken as it is.</summary>
    public NearDuplicates NearDuplicates(double threshold, NearDuplicateOptions options, CancellationToken cancellation) =>
        Trainers.Duplicates.NearDuplicates.Find(
            InMemory(), options with { Threshold = threshold == NearDuplicateOptions.DefaultThreshold ? null : threshold }, cancellation);

    /// <summary>Some of the rows, in the order given.</summary>
    public LabeledFeatures Select(int[] rows) =>
        new([.. rows.Select(row => Paths[row])], [.. rows.Select(row => Labels[row])], RowSubset.Of(Matrix, rows))
        {
            Hashes = Hashes is null ? null : [.. rows.Select(row => Hashes[row])],
            Weights = Weights is { } weights ? Array.ConvertAll(rows, row => weights[row]) : null,
        };

    /// <summary>The rows to learn from: the number of each row's label, and how much it counts.</summary>
    public TrainingRows ToTrainingRows(IReadOnlyDictionary<string, int> classes) =>
        new() { Features = Matrix, Labels = Labels.Select(label => classes[label]).ToArray(), SampleWeights = Weights };
}
