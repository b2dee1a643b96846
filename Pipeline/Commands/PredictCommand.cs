using System.CommandLine;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>predict</c>: what is on these images?</summary>
internal sealed class PredictCommand : ICommand
{
    private readonly Argument<string[]> _files = new("images") { Description = "Image files; a folder stands for the images in it.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _head = new("--head") { Description = "The head file.", HelpName = "FILE", Required = true };
    private readonly Option<int> _top = new("--top") { Description = "How many labels to give an image, most probable first.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "The graph the head was fitted on, where it is not in the catalog.", HelpName = "ID|FILE" };
    private readonly Option<string> _onError = new("--on-error") { Description = "At an image that can not be read: skip (go on, exit 1) or stop.", DefaultValueFactory = _ => "skip" };
    private readonly WorkOptions _work;

    /// <summary>Declares the options.</summary>
    public PredictCommand()
    {
        _onError.AcceptOnlyFromAmong("skip", "stop");
        Definition.Add(_files);
        foreach (var option in new Option[] { _head, _top, _model, _onError })
        {
            Definition.Add(option);
        }

        _work = new WorkOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("predict", "Say what is on images, with a head that was fitted before.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer predict --head flowers.head a.jpg b.png --top 3", "mltransfer predict --head flowers.head photos --json"];

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
        var description = head.Description;
        var (backbone, tap) = BackboneResolver.ResolveStored(
            description.BackboneId, description.GraphSha256, description.Tensor, head.FeatureDimension, description.Preprocessing, arguments.GetValue(_model), Engines.Default);
        var dataset = Files(arguments.GetRequiredValue(_files));
        var width = dataset.Images.Count == 0 ? 0 : Math.Min(dataset.Images.Max(image => image.Path.Length), 60);
        var predictions = new List<Prediction>();
        var store = new MemoryFeatureStore
        {
            OnRow = (image, features) =>
            {
                var prediction = Predict(head, image.Path, features, top);
                predictions.Add(prediction);
                output.Line($"{image.Path.PadRight(width)}  {string.Join("  ", prediction.Labels.Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Label} {label.Probability:0.0000}")))}");
            },
        };
        var result = ImageFeatures.Extract(
            dataset, backbone, tap, store, Engines.Default, _work.Engine(arguments),
            new ExtractionOptions { Batch = Math.Min(_work.Batch(arguments), Math.Max(1, dataset.Images.Count)), OnError = arguments.GetValue(_onError) == "stop" ? OnImageError.Stop : OnImageError.Skip },
            output, cancellation);
        ImageFeatures.SayFaults(result.Faults, output);
        output.Result(new { head = Path.GetFullPath(arguments.GetRequiredValue(_head)), predictions, faults = result.Faults });
        return result.Faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static Prediction Predict(ClassifierHead head, string path, float[] features, int top)
    {
        var probabilities = new float[head.Labels.Count];
        head.Predict(features, probabilities);
        return new Prediction(
            path,
            [.. probabilities.Select((probability, index) => new LabelProbability(head.Labels[index], probability)).OrderByDescending(label => label.Probability).Take(top)]);
    }

    private static ImageDataset Files(string[] names)
    {
        var images = new List<LabeledImage>();
        foreach (var name in names)
        {
            if (!Directory.Exists(name))
            {
                images.Add(new LabeledImage(name, Path.GetFullPath(name), "?"));
                continue;
            }

            var found = ImageFiles(name).ToArray();
            if (found.Length == 0)
            {
                throw new DatasetException($"The folder {name} holds no image.");
            }

            images.AddRange(found.Select(file => new LabeledImage(Path.Join(name, file).Replace('\\', '/'), Path.GetFullPath(file, Path.GetFullPath(name)), "?")));
        }

        return new ImageDataset { Images = images, Labels = ["?"], Notices = [], Root = Environment.CurrentDirectory };
    }

    private static IEnumerable<string> ImageFiles(string folder) => Directory
        .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, MaxRecursionDepth = 32 })
        .Where(ImageFileNames.HasImageExtension)
        .Select(file => Path.GetRelativePath(folder, file))
        .Order(PathOrder.Natural);

    private sealed record Prediction(string Path, IReadOnlyList<LabelProbability> Labels);

    private sealed record LabelProbability(string Label, float Probability);
}
