using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads one .npy array of features; its labels lie in another file.</summary>
internal static class NpyFeatures
{
    /// <summary>Reads features, and labels from the file that is named or, without one, from the one whose name goes with it.</summary>
    /// <exception cref="InvalidDataException">No features, or labels that do not fit them.</exception>
    public static BottleneckSet Read(string path, BottleneckReadOptions options)
    {
        var array = NpyReader.Read(path);
        BottleneckSet set;
        try
        {
            set = new BottleneckSet(FeatureNumbers.ToFeatures(array), array.Shape, labels: null);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }

        var labels = options.LabelsFile ?? LabelFile.Beside(path);
        if (labels is null)
        {
            return set;
        }

        var (numbers, texts) = LabelFile.Read(labels, set.Rows);
        return new BottleneckSet(set.Features, set.Shape, numbers, texts)
        {
            Notices = options.LabelsFile is null ? [$"The labels of {path} are taken from {labels}."] : [],
        };
    }
}
