using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads one .npy array of features; its labels lie in another file.</summary>
internal static class NpyFeatures
{
    /// <summary>Reads features, or opens their file where it is large, and labels from the file that is named or, without one, from the one whose name goes with it.</summary>
    /// <exception cref="InvalidDataException">No features, or labels that do not fit them.</exception>
    public static BottleneckSet Read(string path, BottleneckReadOptions options)
    {
        var set = Features(path, options);
        var labels = options.LabelsFile ?? LabelFile.Beside(path);
        if (labels is null)
        {
            return set;
        }

        try
        {
            var (numbers, texts) = LabelFile.Read(labels, set.Rows);
            return set.WithLabels(numbers, texts).WithNotices(options.LabelsFile is null ? [$"The labels of {path} are taken from {labels}."] : []);
        }
        catch
        {
            set.Mapped?.Dispose();
            throw;
        }
    }

    private static BottleneckSet Features(string path, BottleneckReadOptions options)
    {
        try
        {
            // What no array could hold is opened in any case: the reason why it can not be is then what is to be told.
            var bytes = new FileInfo(path).Length;
            if (bytes > Array.MaxLength || (bytes >= options.MapFromBytes && MappedNpyMatrix.CanOpen(path)))
            {
                return new BottleneckSet(MappedNpyMatrix.Open(path), labels: null);
            }

            var array = NpyReader.Read(path);
            return new BottleneckSet(FeatureNumbers.ToFeatures(array), array.Shape, labels: null);
        }
        catch (InvalidDataException fault) when (!fault.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }
}
