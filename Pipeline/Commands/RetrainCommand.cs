using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Files;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Export;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>retrain</c>: extract, train and evaluate in one, for people who come from TensorFlow's retrain.py.</summary>
internal sealed class RetrainCommand : ICommand
{
    private const string DefaultOutput = "retrained";

    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "Folder for what is made: the head, its labels, the report, the feature cache.",
        HelpName = "FOLDER",
        DefaultValueFactory = _ => DefaultOutput,
    };

    private readonly Option<string?> _cache = new("--cache", "--bottleneck_dir", "-c") { Description = "Folder of the feature cache. Default: in the output folder, one for each model and tensor.", HelpName = "FOLDER" };
    private readonly Option<string?> _head = new("--head") { Description = "The head file to write. Default: model.head in the output folder.", HelpName = "FILE" };
    private readonly Option<string?> _labels = new("--output-labels", "--output_labels") { Description = "File for the labels, one a line. Default: labels.txt in the output folder.", HelpName = "FILE" };
    private readonly Option<string?> _graph = new("--output-graph", "--output_graph") { Description = "Also write model and head as one frozen TensorFlow graph (.pb) that takes JPEG bytes at DecodeJpeg/contents:0, as retrain.py does.", HelpName = "FILE" };
    private readonly Option<string?> _savedModel = new("--saved-model", "--saved_model_dir") { Description = "Also write model and head as a SavedModel, a folder, that takes prepared images, as retrain.py does.", HelpName = "FOLDER" };
    private readonly Option<string> _tensorName = new("--final-tensor-name", "--final_tensor_name") { Description = "Name of the output of these.", HelpName = "NAME", DefaultValueFactory = _ => ClassifierExport.DefaultOutputName };
    private readonly ImageSourceOptions _images;
    private readonly ModelOptions _model;
    private readonly TrainOptions _train;
    private readonly EvaluationOptions _evaluation;
    private readonly WorkOptions _work;
    private readonly ForeignOptions _foreign;

    /// <summary>Declares the options.</summary>
    public RetrainCommand()
    {
        _images = new ImageSourceOptions().AddTo(Definition);
        foreach (var option in new Option[] { _output, _cache, _head, _labels, _graph, _savedModel, _tensorName })
        {
            Definition.Add(option);
        }

        _model = new ModelOptions().AddTo(Definition);
        _train = new TrainOptions().AddTo(Definition);
        _evaluation = new EvaluationOptions().AddTo(Definition);
        _work = new WorkOptions().AddTo(Definition);
        _foreign = new ForeignOptions().AddTo(Definition);
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new(
        "retrain",
        "Extract features, fit a head and measure it, in one. Without --images, on the sample that ships. Takes retrain.py's options where there is a counterpart.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer retrain",
        "mltransfer retrain --images photos --output flowers",
        "mltransfer retrain --image_dir photos --how_many_training_steps 4000 --testing_percentage 10 --validation_percentage 10",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        _foreign.Check(arguments, output);
        var clock = Stopwatch.StartNew();
        var request = _train.Read(arguments, _work.Threads(arguments)) with { Evaluation = _evaluation.Read(arguments) };
        if (request.Trainer == "knn" && new[] { _graph, _savedModel }.FirstOrDefault(option => arguments.GetValue(option) is not null) is { } impossible)
        {
            throw new UsageException($"{impossible.Name}: a head of --trainer knn compares with stored examples and has no form as a graph; choose another trainer, or leave it out.");
        }

        var dataset = _images.Read(arguments, orSample: true);
        if (dataset.Labels.Count < 2)
        {
            throw new TrainingDataException($"All images of {dataset.Root} have the label '{dataset.Labels[0]}'; a head needs two labels or more. 'extract-features' computes features all the same.");
        }

        // labels.txt is written at the end; what it can not hold is said before hours of work.
        _ = ClassNames.ToLines(dataset.Labels);
        var engine = Engines.Default;
        var (backbone, tap) = BackboneResolver.Resolve(_model.Read(arguments), engine);
        if (arguments.GetValue(_graph) is not null)
        {
            BackboneGraph.EnsureTakesImageFiles(backbone);
        }

        output.Line($"{dataset.Images.Count} images of {dataset.Labels.Count} labels in {dataset.Root}");
        output.Line($"{backbone.Id}, tensor {tap.Tensor}, {tap.Dimension} features an image");

        var cache = CachePath(arguments, backbone, tap);
        var extraction = CachedExtraction.Update(
            dataset, backbone, tap, cache, keep: false, engine, _work.Engine(arguments),
            new ExtractionOptions { Batch = _work.Batch(arguments), OnError = _images.OnError(arguments) }, output, cancellation);
        output.Line(ExtractFeaturesCommand.Describe(extraction, cache));

        try
        {
            return Fit(context, request, dataset, backbone, tap, extraction, cache, clock);
        }
        finally
        {
            ImageFeatures.SayFaults(extraction.Faults, output);
        }
    }

    /// <inheritdoc/>
    public string AfterInterrupt(ParseResult arguments) => "The features computed so far are saved; run the same command again to go on from there.";

    /// <summary>What follows the extraction.</summary>
    private int Fit(
        CommandContext context, TrainRequest request, ImageDataset dataset, Backbone backbone, BackboneTap tap, ExtractionResult extraction, string cache, Stopwatch clock)
    {
        var (arguments, output, cancellation) = context;
        CachedExtraction.RequireSome(extraction);
        LabeledFeatures features;
        FeatureStoreKey key;
        using (var stored = FeatureCache.OpenRead(cache))
        {
            features = CachedExtraction.Read(stored, dataset);
            key = stored.Key;
        }

        var outcome = HeadTraining.Fit(features, dataset.Labels, key, TrainHeadCommand.Declared(dataset, features), request, output, cancellation);
        var folder = arguments.GetRequiredValue(_output);
        var head = arguments.GetValue(_head) ?? Path.Combine(folder, "model.head");
        var labels = arguments.GetValue(_labels) ?? Path.Combine(folder, "labels.txt");
        HeadReport.Save(outcome, head, labels);
        var graph = arguments.GetValue(_graph);
        var savedModel = arguments.GetValue(_savedModel);
        if (graph is not null || savedModel is not null)
        {
            ExportCommand.SayPrecision(backbone, output);
        }

        var options = new ClassifierExportOptions { OutputName = arguments.GetRequiredValue(_tensorName) };
        if (graph is not null)
        {
            WholeFile.Write(graph, GraphDefWriter.Write(ClassifierExport.Create(backbone, tap, outcome.Head, options with { Input = BackboneInput.ImageFile }).Graph));
        }

        if (savedModel is not null)
        {
            var input = backbone.Preprocessing is null ? BackboneInput.ImageFile : BackboneInput.Pixels;
            ClassifierExport.Create(backbone, tap, outcome.Head, options with { Input = input }).Write(ExportFormat.SavedModel, savedModel);
        }

        var report = new
        {
            images = dataset.Root,
            extraction = new
            {
                cache = Path.GetFullPath(cache),
                extraction.Images,
                extraction.Computed,
                extraction.Reused,
                extraction.Faults,
                seconds = extraction.Elapsed.TotalSeconds,
                extraction.ImagesPerSecond,
            },
            training = HeadReport.ToJson(outcome, head),
            graph = graph is null ? null : Path.GetFullPath(graph),
            savedModel = savedModel is null ? null : Path.GetFullPath(savedModel),
            seconds = clock.Elapsed.TotalSeconds,
        };
        WholeFile.Write(Path.Combine(folder, "report.json"), Encoding.UTF8.GetBytes(CommandOutput.ToJson(report) + "\n"));

        HeadReport.Say(outcome, output, _train.MaxMisclassified(arguments));
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {head}, {labels}, {Path.Combine(folder, "report.json")}{(graph is null ? "" : ", " + graph)}{(savedModel is null ? "" : ", " + savedModel)}; {ProgressDisplay.Duration(clock.Elapsed)} in all"));
        output.Line($"Next: predict --head {head} IMAGE");
        output.Result(report);
        return extraction.Faults.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private string CachePath(ParseResult arguments, Backbone backbone, BackboneTap tap)
    {
        if (arguments.GetValue(_cache) is { } named)
        {
            return named;
        }

        return Path.Combine(arguments.GetRequiredValue(_output), CachedExtraction.NameOf(backbone, tap));
    }
}
