using System.CommandLine;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>cache import</c>: bottleneck features that another program computed become a feature cache.</summary>
internal sealed class CacheImportCommand : ICommand
{
    private readonly Argument<string> _source = new("source")
    {
        Description = "A pickle of 'features' and 'labels', ML.NET's NAME_features.bin (with NAME_labels.bin beside it), or a bottleneck folder of retrain.py.",
    };

    private readonly Option<string> _cache = new("--cache", "-c") { Description = "Folder of the feature cache to write.", HelpName = "FOLDER", Required = true };
    private readonly Option<string?> _name = new("--name") { Description = "Name of what computed the features, for messages. Default: the source's name.", HelpName = "NAME" };

    /// <summary>Declares the options.</summary>
    public CacheImportCommand()
    {
        Definition.Add(_source);
        Definition.Add(_cache);
        Definition.Add(_name);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("import", "Turn bottleneck features that another program computed into a feature cache. A pickle is read, never executed.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer cache import vgg_train.p --cache vgg.features", "mltransfer cache import bottlenecks --cache inception.features --name inception_v3"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var source = arguments.GetRequiredValue(_source);
        var folder = arguments.GetRequiredValue(_cache);
        var imported = ImportedFeatures.Read(source, arguments.GetValue(_name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))));
        var set = imported.Set;
        if (!set.HasLabels || set.Rows == 0)
        {
            throw new InvalidDataException($"{source}: {(set.Rows == 0 ? "no rows" : "the rows have no labels")}; a cache needs rows with their labels.");
        }

        cancellation.ThrowIfCancellationRequested();
        using (var cache = FeatureCache.Open(folder, imported.Key))
        {
            foreach (var notice in cache.Notices)
            {
                output.Notice(notice);
            }

            imported.Save(cache);
        }

        output.Line($"{set.Rows} rows of {set.Dimension} features written to {folder}");
        output.Result(new { cache = Path.GetFullPath(folder), rows = set.Rows, dimension = set.Dimension, shape = set.Shape, labels = (set.LabelTexts?.Distinct().Count() ?? set.Labels!.Distinct().Count()) });
        return ExitCode.Success;
    }
}
