using System.CommandLine;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>cache import</c>: bottleneck features that another program computed become a feature cache.</summary>
internal sealed class CacheImportCommand : ICommand
{
    private readonly Argument<string> _source = new("source")
    {
        Description = "A pickle of 'features' and 'labels', .npz, .npy, .csv (as 'cache export' writes them, or others'), .tfrecord, ML.NET's NAME_features.bin (with NAME_labels.bin beside it), or a bottleneck folder of retrain.py.",
    };

    private readonly Option<string> _cache = new("--cache", "-c") { Description = "Folder of the feature cache to write.", HelpName = "FOLDER", Required = true };
    private readonly Option<string?> _name = new("--name") { Description = "Name of the network that computed the features; sources of one name go into one cache. Default: each source has a cache of its own.", HelpName = "NAME" };
    private readonly FeatureLabelOptions _labels;
    private readonly ModelOptions _model;

    /// <summary>Declares the options.</summary>
    public CacheImportCommand()
    {
        Definition.Add(_source);
        Definition.Add(_cache);
        Definition.Add(_name);
        _labels = new FeatureLabelOptions().AddTo(Definition);
        _model = new ModelOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "import",
        "Turn bottleneck features that another program computed into a feature cache. A pickle is read, never executed. --model, --tensor and --preprocess say which graph computed them, where you know it: then heads fitted on them also judge images.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer cache import vgg_train.p --cache vgg.features --name vgg16 --label-names signnames.csv",
        "mltransfer cache import bottlenecks --cache inception.features --model inception_v3_2015.pb --tensor pool_3/_reshape:0",
        "mltransfer cache import X_train.npy --labels y_train.npy --cache train.features",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var source = arguments.GetRequiredValue(_source);
        var folder = arguments.GetRequiredValue(_cache);
        var imported = ImportedFeatures.Read(new ImportRequest
        {
            Files = [new FeatureFile(source, _labels.Read(arguments))],
            Network = arguments.GetValue(_name),
            LabelNames = _labels.Names(arguments),
            Graph = _model.ReadStated(arguments),
        });
        var set = imported.Set;
        if (!set.HasLabels || set.Rows == 0)
        {
            throw new InvalidDataException($"{source}: {(set.Rows == 0 ? "no rows" : "the rows have no labels (--labels FILE names a file of them)")}; a cache needs rows with their labels.");
        }

        foreach (var notice in set.Notices)
        {
            output.Notice(notice);
        }

        if (imported.DeclaredSplit() is not null)
        {
            output.Notice("A cache does not keep the split that the source states; train-head --features uses it.");
        }

        cancellation.ThrowIfCancellationRequested();
        RequireOneNetwork(folder, imported.Key);
        using (var cache = FeatureCache.Open(folder, imported.Key))
        {
            foreach (var notice in cache.Notices)
            {
                output.Notice(notice);
            }

            imported.Save(cache, cancellation);
            foreach (var notice in DuplicateContent.Describe(DuplicateContent.Find(cache.Entries.Select(entry => (entry.Path, entry.Label, entry.Hash)))))
            {
                output.Notice(notice);
            }
        }

        output.Line($"{set.Rows} rows of {set.Dimension} features written to {folder}");
        output.Result(new { cache = Path.GetFullPath(folder), rows = set.Rows, dimension = set.Dimension, shape = set.Shape, labels = imported.Labels.Count, backbone = imported.Key.BackboneId });
        return ExitCode.Success;
    }

    /// <summary>Explains how several sources of one network go into one cache, where neither names its network.</summary>
    /// <exception cref="FeatureCacheException">The cache has rows of another source that no name says anything of.</exception>
    private static void RequireOneNetwork(string folder, FeatureStoreKey key)
    {
        if (!File.Exists(Path.Combine(folder, "manifest.json")) || !ImportedOrigin.IsImported(key.BackboneId, key.Preprocessing))
        {
            return;
        }

        using var cache = FeatureCache.OpenRead(folder);
        if (ImportedOrigin.IsImported(cache.Key.BackboneId, cache.Key.Preprocessing) && cache.Key.Dimension == key.Dimension && !cache.Key.Matches(key))
        {
            throw new FeatureCacheException(
                $"The feature cache {folder} holds features of '{ImportedOrigin.NameOf(cache.Key.BackboneId)}'; these are of '{ImportedOrigin.NameOf(key.BackboneId)}', and that one network computed both is not said. Import each with the same --name NETWORK into a new cache, or use another cache folder.");
        }
    }
}
