using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Features with what is known of each row.</summary>
/// <param name="Paths">Path of each row's image, as the data set names it.</param>
/// <param name="Labels">Label of each row.</param>
/// <param name="Matrix">The features, one row an image.</param>
internal sealed record LabeledFeatures(IReadOnlyList<string> Paths, IReadOnlyList<string> Labels, FeatureMatrix Matrix)
{
    /// <summary>Some of the rows, in the order given.</summary>
    public LabeledFeatures Select(int[] rows) =>
        new([.. rows.Select(row => Paths[row])], [.. rows.Select(row => Labels[row])], Matrix.Select(rows));
}
