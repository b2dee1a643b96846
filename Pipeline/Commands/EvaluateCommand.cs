using System.CommandLine;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>evaluate</c>: a head against images whose labels are known.</summary>
internal sealed class EvaluateCommand : ICommand
{
    private readonly Option<string> _head = new("--head") { Description = "The head file.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _cache = new("--cache", "-c") { Description = "Feature cache: with --images, where their features are kept; alone, the images to evaluate on.", HelpName = "FOLDER" };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The graph the head was fitted on, where it is not in the catalog.", HelpName = "ID|FILE" };
    private readonly Option<bool> _all = new("--print-misclassified") { Description = "List every misclassified image (20 are listed otherwise)." };
    private readonly Option<bool> _reject = new("--reject") { Description = "Also say how well \"none of these\" is told; images of labels that the head does not know are what it should be answered to. The head must have been fitted with --reject." };
    private readonly ImageSourceOptions _images;
    private readonly FeatureFileOptions _features;
    private readonly WorkOptions _work;

    /// <summary>Declares the options.</summary>
    public EvaluateCommand()
    {
        Definition.Add(_head);
        _images = new ImageSourceOptions().AddTo(Definition);
        Definition.Add(_cache);
        _features = new FeatureFileOptions().AddTo(Definition);
        Definition.Add(_model);
        Definition.Add(_all);
        Definition.Add(_reject);
        _work = new WorkOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("evaluate", "Measure a head on images whose labels are known.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer evaluate --head flowers.head --images other-photos", "mltransfer evaluate --head flowers.head --cache flowers.features", "mltransfer evaluate --head vgg.head --features vgg_test.p"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, _) = context;
        var head = ClassifierHead.Load(arguments.GetRequiredValue(_head));
        var rule = arguments.GetValue(_reject) ? RejectionOutcome.RuleOf(head, arguments.GetRequiredValue(_head)) : null;
        var (features, faults) = Features(context, head, mayBeUnknown: rule is not null);
        ClassificationReport? report;
        RejectionReport? rejection = null;
        try
        {
            var classes = head.Labels.Select((label, index) => (label, index)).ToDictionary(pair => pair.label, pair => pair.index, StringComparer.Ordinal);
            if (rule is not null)
            {
                rejection = RejectionReport.Of(rule, head, features, classes);
                features = features.Select([.. Enumerable.Range(0, features.Paths.Count).Where(row => classes.ContainsKey(features.Labels[row]))]);
            }
            else
            {
                RequireKnown(head, features.Labels);
            }

            report = HeadTraining.Evaluate(head, features, classes);
            if (report is not null)
            {
                output.Line(report.ToText(arguments.GetValue(_all) ? int.MaxValue : 20));
            }

            rejection?.Say(output);
        }
        finally
        {
            ImageFeatures.SayFaults(faults, output);
        }

        output.Result(new { head = Path.GetFullPath(arguments.GetRequiredValue(_head)), faults, report, rejection });
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    /// <exception cref="TrainingDataException">The head does not know a label.</exception>
    private static void RequireKnown(ClassifierHead head, IEnumerable<string> labels)
    {
        var unknown = labels.Distinct(StringComparer.Ordinal).Except(head.Labels, StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
        {
            throw new TrainingDataException(
                $"The head does not know the label{(unknown.Length == 1 ? "" : "s")} {string.Join(", ", unknown.Take(10))}; it knows {string.Join(", ", head.Labels.Take(20))}. Rename the folders, leave these images out, or name the classes by --label-names.");
        }
    }

    /// <summary>The rows to measure on; labels of images are checked before anything is computed, unless ones that the head does not know are welcome.</summary>
    private (LabeledFeatures Features, IReadOnlyList<ImageFault> Faults) Features(CommandContext context, ClassifierHead head, bool mayBeUnknown)
    {
        var (arguments, output, cancellation) = context;
        var description = head.Description;
        if (_features.Source(arguments) is not null && (_images.IsGiven(arguments) || arguments.GetValue(_cache) is not null))
        {
            throw new UsageException("--features is what is evaluated on; leave --images and --cache out, or --features.");
        }

        var folder = arguments.GetValue(_cache) ?? _features.CacheFolder(arguments);
        if (folder is null && _features.Source(arguments) is { } source)
        {
            var imported = _features.Read(arguments, output);
            FeatureOrigin.Check(head, imported.Key, output);
            return imported.Set.HasLabels ? (imported.ToRows(), []) : throw new InvalidDataException($"{source}: the rows have no labels to compare with. Name a file of them with --labels FILE; 'predict --features' needs none.");
        }

        if (!_images.IsGiven(arguments))
        {
            using var stored = FeatureCache.OpenRead(folder ?? throw new UsageException("Evaluate on what? Name a folder of label folders with --images, a feature cache with --cache, or features of another program with --features."));
            output.Notice("Every image of the cache is measured. Where the head was fitted on some of them, the figures are better than they would be on new ones.");
            FeatureOrigin.Check(head, stored.Key, output);
            return (CachedExtraction.Read(stored, null), []);
        }

        var dataset = _images.Read(arguments);
        if (!mayBeUnknown)
        {
            RequireKnown(head, dataset.Labels);
        }

        var (backbone, tap) = BackboneResolver.ResolveStored(
            description.BackboneId, description.GraphSha256, description.Tensor, head.FeatureDimension, description.Preprocessing, arguments.GetValue(_model), Engines.Default);
        var options = new ExtractionOptions { Batch = _work.Batch(arguments), OnError = _images.OnError(arguments) };
        if (folder is not null)
        {
            var result = CachedExtraction.Update(dataset, backbone, tap, folder, keep: true, Engines.Default, _work.Engine(arguments), options, output, cancellation);
            CachedExtraction.RequireSome(result);
            using var cache = FeatureCache.OpenRead(folder);
            var rows = CachedExtraction.Read(cache, dataset);
            if (cache.Entries.Count - rows.Paths.Count is > 0 and var others)
            {
                output.Notice($"{folder} holds {others} other image{(others == 1 ? "" : "s")}, too: a head fitted on it from now on would be fitted on all of them, those measured here included. A cache of their own would keep them apart.");
            }

            return (rows, result.Faults);
        }

        foreach (var notice in dataset.Notices)
        {
            output.Notice(notice);
        }

        var store = new MemoryFeatureStore();
        var extraction = ImageFeatures.Extract(dataset, backbone, tap, store, Engines.Default, _work.Engine(arguments), options, output, cancellation);
        CachedExtraction.RequireSome(extraction);
        string[] paths = [.. store.Rows.Select(row => row.Image.Path)];
        var matrix = new FeatureMatrix(store.Rows.SelectMany(row => row.Features).ToArray(), paths.Length, tap.Dimension, paths);
        return (new LabeledFeatures(paths, [.. store.Rows.Select(row => row.Image.Label)], matrix), extraction.Faults);
    }
}
