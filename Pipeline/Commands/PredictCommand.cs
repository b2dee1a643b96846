using System.CommandLine;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>predict</c>: what is on these images?</summary>
internal sealed class PredictCommand : ICommand
{
    private readonly Argument<string[]> _files = new("images") { Description = "Image files; a folder stands for the images in it.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _head = new("--head") { Description = "The head file.", HelpName = "FILE", Required = true };
    private readonly Option<int> _top = new("--top") { Description = "How many labels to give an image, most probable first.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The graph the head was fitted on, where it is not in the catalog.", HelpName = "ID|FILE" };
    private readonly Option<string> _onError = new("--on-error") { Description = "At an image that can not be read: skip (go on, exit 1) or stop.", DefaultValueFactory = _ => "skip" };
    private readonly Option<bool> _reject = new("--reject") { Description = "Answer \"none of these\" where an image looks like none of the labels; the head must have been fitted with --reject." };
    private readonly FeatureFileOptions _features;
    private readonly WorkOptions _work;

    /// <summary>Declares the options.</summary>
    public PredictCommand()
    {
        _onError.AcceptOnlyFromAmong("skip", "stop");
        Definition.Add(_files);
        foreach (var option in new Option[] { _head, _top, _reject, _model, _onError })
        {
            Definition.Add(option);
        }

        _features = new FeatureFileOptions().AddTo(Definition);
        _work = new WorkOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("predict", "Say what is on images, with a head that was fitted before.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer predict --head flowers.head a.jpg b.png --top 3", "mltransfer predict --head flowers.head photos --json", "mltransfer predict --head flowers.head photos --reject", "mltransfer predict --head vgg.head --features vgg_test.p"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var top = arguments.GetValue(_top);
        if (top < 1)
        {
            throw new UsageException($"--top {top}: a number of at least 1 is expected.");
        }

        var head = ClassifierHead.Load(arguments.GetRequiredValue(_head));
        var rule = arguments.GetValue(_reject) ? RejectionOutcome.RuleOf(head, arguments.GetRequiredValue(_head)) : null;
        var predictions = new List<Prediction>();
        IReadOnlyList<ImageFault> faults = [];
        if (_features.Source(arguments) is not null)
        {
            if (arguments.GetValue(_files) is { Length: > 0 })
            {
                throw new UsageException("--features and images are both given; predict on the one or the other.");
            }

            var rows = Rows(context, head);
            var width = Width(rows.Paths);
            var features = new float[rows.Matrix.Columns];
            for (var row = 0; row < rows.Paths.Count; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Matrix.CopyRow(row, features);
                predictions.Add(Predict(head, rows.Paths[row], features, top, rule));
                Say(predictions[^1], width, output);
            }
        }
        else
        {
            faults = PredictImages(context, head, top, rule, predictions);
        }

        output.Result(new { head = Path.GetFullPath(arguments.GetRequiredValue(_head)), predictions, faults });
        return faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private IReadOnlyList<ImageFault> PredictImages(CommandContext context, ClassifierHead head, int top, RejectionRule? rule, List<Prediction> predictions)
    {
        var (arguments, output, cancellation) = context;
        var names = arguments.GetValue(_files) is { Length: > 0 } given ? given : throw new UsageException("Predict on what? Name image files or folders, or features with --features FILE.");
        var description = head.Description;
        var (backbone, tap) = BackboneResolver.ResolveStored(
            description.BackboneId, description.GraphSha256, description.Tensor, head.FeatureDimension, description.Preprocessing, arguments.GetValue(_model), Engines.Default);
        var dataset = Files(names);
        foreach (var notice in dataset.Notices)
        {
            output.Notice(notice);
        }

        var width = Width([.. dataset.Images.Select(image => image.Path)]);
        var store = new MemoryFeatureStore
        {
            OnRow = (image, features) =>
            {
                predictions.Add(Predict(head, image.Path, features, top, rule));
                Say(predictions[^1], width, output);
            },
        };
        var result = ImageFeatures.Extract(
            dataset, backbone, tap, store, Engines.Default, _work.Engine(arguments),
            new ExtractionOptions { Batch = Math.Min(_work.Batch(arguments), Math.Max(1, dataset.Images.Count)), OnError = arguments.GetValue(_onError) == "stop" ? OnImageError.Stop : OnImageError.Skip },
            output, cancellation);
        ImageFeatures.SayFaults(result.Faults, output);
        return result.Faults;
    }

    /// <summary>Rows of features that were computed before: of a cache, or of another program.</summary>
    private LabeledFeatures Rows(CommandContext context, ClassifierHead head)
    {
        var (arguments, output, _) = context;
        if (_features.CacheFolder(arguments) is { } folder)
        {
            using var cache = FeatureCache.OpenRead(folder);
            FeatureOrigin.Check(head, cache.Key, output);
            return CachedExtraction.Read(cache, null);
        }

        var imported = _features.Read(arguments, output);
        FeatureOrigin.Check(head, imported.Key, output);
        return imported.ToRows();
    }

    private static int Width(IReadOnlyList<string> names) => names.Count == 0 ? 0 : Math.Min(names.Max(name => name.Length), 60);

    private static void Say(Prediction prediction, int width, CommandOutput output)
    {
        var labels = string.Join("  ", prediction.Labels.Select(label => string.Create(CultureInfo.InvariantCulture, $"{TextTable.OneLine(label.Label)} {label.Probability:0.0000}")));
        output.Line($"{TextTable.OneLine(prediction.Path).PadRight(width)}  {(prediction.NoneOfThese is not { Rejected: true } none ? labels : $"none of these ({(none.Reason == RejectionReason.FarAway ? "unlike every label" : "no label is probable")}: {labels})")}");
    }

    private static Prediction Predict(ClassifierHead head, string path, ReadOnlySpan<float> features, int top, RejectionRule? rule)
    {
        var probabilities = new float[head.Labels.Count];
        head.Predict(features, probabilities);
        var verdict = rule?.Judge(features, probabilities);
        return new Prediction(
            path,
            verdict is { } given ? new NoneOfThese(given.IsRejected, given.Reason, given.Distance, given.Novelty) : null,
            [.. probabilities.Select((probability, index) => new LabelProbability(head.Labels[index], probability)).OrderByDescending(label => label.Probability).Take(top)]);
    }

    private static ImageDataset Files(string[] names)
    {
        var images = new List<LabeledImage>();
        var notices = new List<string>();
        foreach (var name in names)
        {
            if (!Directory.Exists(name))
            {
                images.Add(new LabeledImage(name, Path.GetFullPath(name), "?"));
                continue;
            }

            var scan = new FolderScan(PathOrder.Natural);
            var found = scan.Files(new DirectoryInfo(Path.GetFullPath(name)));
            if (found.Count == 0)
            {
                throw new DatasetException($"The folder {name} holds no image.");
            }

            images.AddRange(found.Select(file => new LabeledImage(Path.Join(name, file.Name).Replace(Path.DirectorySeparatorChar, '/'), file.FullPath, "?")));
            notices.AddRange(scan.Describe());
        }

        return new ImageDataset { Images = images, Labels = ["?"], Notices = notices, Root = Environment.CurrentDirectory };
    }

    private sealed record Prediction(string Path, NoneOfThese? NoneOfThese, IReadOnlyList<LabelProbability> Labels);

    private sealed record NoneOfThese(bool Rejected, RejectionReason Reason, double Distance, double Novelty);

    private sealed record LabelProbability(string Label, float Probability);
}
