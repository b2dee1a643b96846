using System.CommandLine;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>train-head</c>: cached features in, a head file out.</summary>
internal sealed class TrainHeadCommand : ICommand
{
    private readonly Option<string?> _cache = new("--cache", "--bottleneck_dir", "-c") { Description = "Folder of the feature cache.", HelpName = "FOLDER" };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The head file to write.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _labels = new("--output-labels", "--output_labels") { Description = "Also write the labels, one a line, in the order of the probabilities.", HelpName = "FILE" };
    private readonly Option<string?> _list = new("--list") { Description = "A .csv/.tsv list of path,label[,split]: use these rows of the cache, with these labels and this split.", HelpName = "LIST" };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute. Default: one a processor. The result does not depend on it.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly TrainOptions _train;
    private readonly TrainingFileOptions _files;
    private readonly EvaluationOptions _evaluation;

    /// <summary>Declares the options.</summary>
    public TrainHeadCommand()
    {
        foreach (var option in new Option[] { _cache, _output, _labels, _list })
        {
            Definition.Add(option);
        }

        _files = new TrainingFileOptions(Definition);
        _train = new TrainOptions().AddTo(Definition);
        _evaluation = new EvaluationOptions().AddTo(Definition);
        Definition.Add(_threads);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("train-head", "Fit a head on cached features, or on features of another program, and say how good it is.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer train-head --cache flowers.features --output flowers.head",
        "mltransfer train-head --cache flowers.features --output flowers.head --test 0.2 --seed 42 --l2 0.01",
        "mltransfer train-head --cache flowers.features --output flowers.head --trainer sgd --steps 4000 --learning-rate 0.01",
        "mltransfer train-head --cache flowers.features --output flowers.head --folds 5 --repeats 3 --calibrate --reject",
        "mltransfer train-head --cache flowers.features --output flowers.head --hidden 1024 --dropout 0.5 --patience 5",
        "mltransfer train-head --cache flowers.features --output flowers.head --trainer knn --neighbours 5",
        "mltransfer train-head --training-file vgg_train.p --validation-file vgg_valid.p --epochs 50 --batch-size 256 --output vgg.head",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var threads = arguments.GetValue(_threads);
        if (threads < 1)
        {
            throw new UsageException($"--threads {threads}: a number of at least 1 is expected.");
        }

        var path = arguments.GetRequiredValue(_output);
        var outcome = CacheFolder(arguments) is { } cache ? FitCache(context, cache, threads) : FitFiles(context, threads);
        HeadReport.Save(outcome, path, arguments.GetValue(_labels));
        HeadReport.Say(outcome, output, _train.MaxMisclassified(arguments));
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Head saved: {path}"));
        output.Result(HeadReport.ToJson(outcome, path));
        return ExitCode.Success;
    }

    private string? CacheFolder(ParseResult arguments)
    {
        var cache = arguments.GetValue(_cache) ?? _files.CacheFolder(arguments);
        if (cache is null && !_files.IsGiven(arguments))
        {
            throw new UsageException("Train on what? Name a feature cache with --cache FOLDER, or features that another program computed with --features FILE or --training-file FILE.");
        }

        if (cache is not null)
        {
            _files.RefuseBesideCache(arguments);
        }

        return cache;
    }

    private TrainOutcome FitCache(CommandContext context, string folder, int threads)
    {
        var (arguments, output, cancellation) = context;
        var request = _train.Read(arguments, threads) with { Evaluation = _evaluation.Read(arguments) };
        var dataset = arguments.GetValue(_list) is { } list ? CsvListSource.Read(list) : null;
        using var cache = FeatureCache.OpenRead(folder);
        var features = CachedExtraction.ReadListed(cache, dataset, output);
        var labels = dataset?.Labels ?? [.. features.Labels.Distinct(StringComparer.Ordinal).Order(PathOrder.Natural)];
        return HeadTraining.Fit(features, labels, cache.Key, Declared(dataset, features), request, output, cancellation);
    }

    private TrainOutcome FitFiles(CommandContext context, int threads)
    {
        var (arguments, output, cancellation) = context;
        if (arguments.GetValue(_list) is not null)
        {
            throw new UsageException("--list chooses rows of a feature cache (--cache); features of another program have their labels in their file or in --labels.");
        }

        var files = _files.Read(arguments);
        if (_files.HasOwnSplit(arguments) && _train.SplitOptions(arguments) is { Length: > 0 } used)
        {
            throw new UsageException($"{string.Join(", ", used)}: each use has a file of its own, so nothing is split. Leave {(used.Length == 1 ? "it" : "them")} out, or name --validation-file and --test-file.");
        }

        var request = _train.Read(arguments, threads, TrainOptions.KerasTrainer) with { Evaluation = _evaluation.Read(arguments) };
        var imported = ImportedFeatures.Read(files);
        using var mapped = imported.Set.Mapped;
        foreach (var notice in imported.Set.Notices)
        {
            output.Notice(notice);
        }

        if (!imported.Set.HasLabels || imported.Set.Rows == 0)
        {
            throw new TrainingDataException($"{files.Files[0].Path}: {(imported.Set.Rows == 0 ? "no rows" : "the rows have no labels (--labels FILE names a file of them)")}; a head needs rows with their labels.");
        }

        return HeadTraining.Fit(imported.ToRows(), imported.Labels, imported.Key, imported.DeclaredSplit(), request, output, cancellation);
    }

    /// <summary>The split that a list states, for the rows that are in the cache.</summary>
    internal static DatasetSplit? Declared(ImageDataset? dataset, LabeledFeatures features)
    {
        if (dataset is null || DatasetSplit.Declared(dataset) is null)
        {
            return null;
        }

        var subsets = dataset.Images.ToDictionary(image => image.Path, image => image.Subset ?? Subset.Training, StringComparer.Ordinal);
        return DatasetSplit.Of([.. features.Paths.Select(path => subsets[path])], features.Labels);
    }
}
