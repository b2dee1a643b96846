using System.CommandLine;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that name a source of features, computed here or by another program, and say how its labels are found.</summary>
internal sealed class FeatureFileOptions
{
    private readonly Option<string?> _features = new("--features")
    {
        Description = "Features computed before: a pickle of 'features' and 'labels', .npz, .npy (a matrix of 1 GiB or more stays on the disk), .csv, .tfrecord, ML.NET's NAME_features.bin, a bottleneck folder of retrain.py, or a feature cache.",
        HelpName = "FILE|FOLDER",
    };

    /// <summary>How the labels of such a source are found.</summary>
    public FeatureLabelOptions Labels { get; } = new();

    /// <summary>Adds the options to a command.</summary>
    public FeatureFileOptions AddTo(Command command)
    {
        command.Add(_features);
        Labels.AddTo(command);
        return this;
    }

    /// <summary>The source that is named, or null.</summary>
    public string? Source(ParseResult arguments) => arguments.GetValue(_features);

    /// <summary>The folder, where the source that is named is a feature cache.</summary>
    public string? CacheFolder(ParseResult arguments) => Source(arguments) is { } source && File.Exists(Path.Combine(source, "manifest.json")) ? source : null;

    /// <summary>Reads the source that is named, which is no cache.</summary>
    public ImportedFeatures Read(ParseResult arguments, CommandOutput output)
    {
        var imported = ImportedFeatures.Read(new ImportRequest
        {
            Files = [new FeatureFile(Source(arguments)!, Labels.Read(arguments))],
            LabelNames = Labels.Names(arguments),
        });
        foreach (var notice in imported.Set.Notices)
        {
            output.Notice(notice);
        }

        return imported.Set.Rows > 0 ? imported : throw new InvalidDataException($"{Source(arguments)} has no rows.");
    }
}
