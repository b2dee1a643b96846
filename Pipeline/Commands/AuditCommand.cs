using System.CommandLine;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.CrossValidation;
using MlTransfer.Trainers.LabelAudit;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>audit</c>: what is wrong with the labels and images themselves?</summary>
internal sealed class AuditCommand : ICommand
{
    private readonly Option<string?> _cache = new("--cache", "--bottleneck_dir", "-c") { Description = "Folder of the feature cache.", HelpName = "FOLDER" };
    private readonly Option<string?> _list = new("--list") { Description = "A .csv/.tsv list of path,label: use these rows of the cache, with these labels.", HelpName = "LIST" };
    private readonly Option<string?> _csv = new("--csv") { Description = "Also write the suspicious labels as CSV.", HelpName = "FILE" };
    private readonly Option<int> _most = new("--most") { Description = "How many to list; --json and --csv give all.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads that compute. Default: one a processor. The result does not depend on it.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly FeatureFileOptions _features;
    private readonly FoldOptions _folds;
    private readonly DuplicateOptions _duplicates;
    private readonly TrainOptions _train;

    /// <summary>Declares the options.</summary>
    public AuditCommand()
    {
        Definition.Add(_cache);
        Definition.Add(_list);
        _features = new FeatureFileOptions().AddTo(Definition);
        _folds = new FoldOptions(defaultFolds: 5, defaultRepeats: 3).AddTo(Definition);
        _duplicates = new DuplicateOptions().AddTo(Definition);
        Definition.Add(_csv);
        Definition.Add(_most);
        _train = new TrainOptions().AddTo(Definition);
        Definition.Add(_threads);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "audit",
        "List images whose labels look wrong, most suspicious first, and near-duplicates. Heads are cross-validated; an image is suspicious where heads that have not seen it are sure of another label.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer audit --cache flowers.features",
        "mltransfer audit --cache flowers.features --csv suspicious.csv --most 20",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var (threads, most) = (arguments.GetValue(_threads), arguments.GetValue(_most));
        if (threads < 1 || most < 0)
        {
            throw new UsageException(threads < 1 ? $"--threads {threads}: a number of at least 1 is expected." : $"--most {most}: a number of at least 0 is expected.");
        }

        if (_train.SplitOptions(arguments) is { Length: > 0 } used)
        {
            throw new UsageException($"{string.Join(", ", used)}: every image is audited, so nothing is split off. Leave {(used.Length == 1 ? "it" : "them")} out.");
        }

        var (folds, repeats, seed) = _folds.Read(arguments);
        var threshold = _duplicates.Read(arguments);
        var request = _train.Read(arguments, threads);
        var features = Rows(context);
        string[] labels = [.. features.Labels.Distinct(StringComparer.Ordinal).Order(PathOrder.Natural)];
        if (labels.Length < 2)
        {
            throw new TrainingDataException($"All {features.Paths.Count} images have the label '{labels[0]}'; whether a label is wrong shows only beside another one.");
        }

        var validator = new CrossValidator(new CrossValidationOptions { Folds = folds!.Value, Repeats = repeats, Seed = seed, Threads = threads });
        var validation = CrossValidationOutcome.Run(validator, request, labels, features, folds.Value * repeats, output, cancellation);
        foreach (var notice in validation.Notices)
        {
            output.Notice(notice);
        }

        var audit = LabelAuditOutcome.Of(ConfidentLearning.Find([.. validation.Actual], validation.MeanProbabilities.Span), features, labels);
        var duplicates = threshold is { } least ? DuplicateImages.Find(features, null, least, threads, cancellation) : null;
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{features.Paths.Count} images of {labels.Length} labels; accuracy in cross-validation {validation.Results.Accuracy:0.0000}, {folds} folds{(repeats > 1 ? $" × {repeats}" : "")}"));
        audit.Say(output, most);
        duplicates?.SayAll(output, most);
        if (arguments.GetValue(_csv) is { } file)
        {
            var table = new CsvTable(["path", "label", "suggested", "suspicion", "p_label", "p_suggested"]);
            foreach (var issue in audit.Issues)
            {
                table.Add([issue.Path, issue.Label, issue.Suggested, issue.Suspicion, issue.LabelProbability, issue.SuggestedProbability]);
            }

            table.Save(file);
            output.Line($"Written: {file}");
        }

        output.Result(new
        {
            images = features.Paths.Count,
            labels,
            folds,
            repeats,
            seed,
            accuracy = validation.Results.Accuracy,
            suspicious = audit,
            nearDuplicates = duplicates,
        });
        return ExitCode.Success;
    }

    private LabeledFeatures Rows(CommandContext context)
    {
        var (arguments, output, _) = context;
        if (_features.Source(arguments) is not null && arguments.GetValue(_cache) is not null)
        {
            throw new UsageException("--cache and --features are both given; audit the one or the other.");
        }

        var folder = arguments.GetValue(_cache) ?? _features.CacheFolder(arguments);
        if (folder is null && _features.Source(arguments) is { } source)
        {
            var imported = _features.Read(arguments, output);
            return imported.Set.HasLabels ? imported.ToRows() : throw new InvalidDataException($"{source}: the rows have no labels to audit. Name a file of them with --labels FILE.");
        }

        var dataset = arguments.GetValue(_list) is { } list ? CsvListSource.Read(list) : null;
        using var cache = FeatureCache.OpenRead(folder ?? throw new UsageException("Audit what? Name a feature cache with --cache FOLDER, or features of another program with --features FILE."));
        return CachedExtraction.ReadListed(cache, dataset, output);
    }
}
