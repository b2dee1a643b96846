using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Samples;

/// <summary>The data set that ships: 400 pictures of Fashion-MNIST (Zalando SE, MIT licence), 10 labels × 40, 28 × 28 grayscale PNG files.</summary>
/// <remarks>They are the first 40 of each class of Fashion-MNIST's test set, numbered by their row in it. Thread-safe.</remarks>
public static class SampleDataset
{
    /// <summary>Name of the data set, also that of its folder.</summary>
    public const string Name = "fashion-mnist";

    /// <summary>The folder with one folder a label; it lies beside the program.</summary>
    /// <exception cref="DatasetException">It was not installed with the program.</exception>
    public static string Locate()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Samples", Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DatasetException($"The sample data set is missing: {folder} does not exist. It is copied there by the build; build again, or name a folder of your own pictures.");
    }
}
