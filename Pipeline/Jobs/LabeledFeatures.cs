using MlTransfer.Datasets.Sources;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Features with what is known of each row.</summary>
/// <param name="Paths">Path of each row's image, as the data set names it.</param>
/// <param name="Labels">Label of each row.</param>
/// <param name="Matrix">The features, one row an image.</param>
internal sealed record LabeledFeatures(IReadOnlyList<string> Paths, IReadOnlyList<string> Labels, FeatureMatrix Matrix)
{
    /// <summary>The content of each row's image; null where it is not known.</summary>
    public IReadOnlyList<ContentHash>? Hashes { get; init; }

    /// <summary>How much each row counts in training; null where each counts once.</summary>
    public double[]? Weights { get; init; }

    /// <summary>Some of the rows, in the order given.</summary>
    public LabeledFeatures Select(int[] rows) =>
        new([.. rows.Select(row => Paths[row])], [.. rows.Select(row => Labels[row])], Matrix.Select(rows))
        {
            Hashes = Hashes is null ? null : [.. rows.Select(row => Hashes[row])],
            Weights = Weights is { } weights ? Array.ConvertAll(rows, row => weights[row]) : null,
        };

    /// <summary>The rows to learn from: the number of each row's label, and how much it counts.</summary>
    public TrainingRows ToTrainingRows(IReadOnlyDictionary<string, int> classes) =>
        new() { Features = Matrix, Labels = Labels.Select(label => classes[label]).ToArray(), SampleWeights = Weights };
}
