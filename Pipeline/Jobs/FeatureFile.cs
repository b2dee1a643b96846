using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>A file or folder of features that the user names.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Options">What the user says of it.</param>
/// <param name="Subset">What all its rows are for; null to let the file or a rule say it.</param>
internal sealed record FeatureFile(string Path, BottleneckReadOptions Options, Subset? Subset = null)
{
    /// <summary>Its name without the folder, for rows and messages.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));
}
