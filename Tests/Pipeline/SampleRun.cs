using MlTransfer.Datasets.Samples;

namespace MlTransfer.Pipeline.Tests;

/// <summary>Three labels of the sample that ships, eight pictures each, and what `retrain` makes of them: made once for all tests that look at it.</summary>
public sealed class SampleRun : IDisposable
{
    private static readonly string[] s_labels = ["bag", "trouser", "sneaker"];

    public SampleRun()
    {
        foreach (var label in s_labels)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Images, label)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(SampleDataset.Locate(), label)).Order(StringComparer.Ordinal).Take(8))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        }

        Retrain = CommandRun.Of("retrain", "--images", Images, "--output", Output, "--seed", "1", "--test", "0.25", "--validation", "0");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public string Images => Path.Combine(Folder, "photos");

    public string Output => Path.Combine(Folder, "out");

    public string Head => Path.Combine(Output, "model.head");

    public string Cache => Path.Combine(Output, "inception_v3_nsfwjs-bottleneck.features");

    internal CommandRun Retrain { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
