using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Pipeline.Jobs;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Export;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>export</c>: a whole classifier, or a network alone, for other programs to run.</summary>
internal sealed class ExportCommand : ICommand
{
    private static readonly Dictionary<string, ExportFormat> s_formats = new(StringComparer.Ordinal)
    {
        ["frozen"] = ExportFormat.FrozenGraph,
        ["savedmodel"] = ExportFormat.SavedModel,
        ["onnx"] = ExportFormat.Onnx,
        ["tfjs"] = ExportFormat.TensorFlowJsLayers,
        ["tfjs-graph"] = ExportFormat.TensorFlowJsGraph,
    };

    private readonly Option<string?> _head = new("--head") { Description = "The head to export together with its network. Without it, the network alone is exported.", HelpName = "FILE" };
    private readonly Option<string> _to = new("--to")
    {
        Description = "frozen: TensorFlow GraphDef, one .pb file. savedmodel: a folder for TensorFlow and TensorFlow Serving. onnx: one file, operator set 17. tfjs: a folder for TensorFlow.js, a layers model. tfjs-graph: likewise, a graph model, for what layers can not express.",
        Required = true,
    };

    private readonly Option<string> _output = new("--output", "-o") { Description = "The file, or for savedmodel and tfjs the folder, to write. A classifier's labels go into output_labels.txt beside the file or in the folder.", HelpName = "PATH", Required = true };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "Id from 'models list', or path of a frozen graph (.pb) or SavedModel. Default: the head's, where it is in the catalog; without a head, the bundled InceptionV3.", HelpName = "ID|FILE" };
    private readonly Option<string?> _input = new("--input") { Description = "Without a head: the tensor that takes the images. Default: read from the graph.", HelpName = "TENSOR" };
    private readonly Option<string[]> _tensors = new("--tensor", "--tap", "-t") { Description = "Without a head: a tensor to give; for a model of the catalog also a tap's name (mixed8). May be repeated. Default: the bottleneck of a model of the catalog, the outputs of another graph.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _takes = new("--takes") { Description = "What the exported network takes: image-file, the bytes of one JPEG or PNG (TensorFlow's formats; the default of frozen with a head), or pixels, float images that are resized and scaled already (the default otherwise)." };
    private readonly Option<string?> _preprocess = new("--preprocess") { Description = $"Without a head, with a graph of your own and --takes image-file: how samples are scaled: {string.Join(", ", PixelScalings.Names)}.", HelpName = "NAME" };
    private readonly Option<string> _weights = new("--weights") { Description = "onnx and tfjs: float, or uint8, a quarter of the size.", DefaultValueFactory = _ => "float" };
    private readonly Option<string> _tensorName = new("--final-tensor-name", "--final_tensor_name") { Description = "Name of a classifier's output.", HelpName = "NAME", DefaultValueFactory = _ => ClassifierExport.DefaultOutputName };

    /// <summary>Declares the options.</summary>
    public ExportCommand()
    {
        _to.AcceptOnlyFromAmong([.. s_formats.Keys]);
        _takes.AcceptOnlyFromAmong("image-file", "pixels");
        _weights.AcceptOnlyFromAmong("float", "uint8");
        foreach (var option in new Option[] { _head, _to, _output, _model, _input, _tensors, _takes, _preprocess, _weights, _tensorName })
        {
            Definition.Add(option);
        }
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("export", "Write a whole classifier, or a network alone, in a format that other programs run.");

    /// <inheritdoc/>
    public string[] Examples { get; } =
    [
        "mltransfer export --head flowers.head --to onnx --weights uint8 --output flowers.onnx",
        "mltransfer export --head flowers.head --to frozen --output output_graph.pb",
        "mltransfer export --head flowers.head --to savedmodel --output flowers/1",
        "mltransfer export --head flowers.head --to tfjs --weights uint8 --output web/flowers",
        "mltransfer export --model my_graph.pb --tensor logits --to onnx --output my_graph.onnx",
    ];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, cancellation) = context;
        var clock = Stopwatch.StartNew();
        var name = arguments.GetRequiredValue(_to);
        var format = s_formats[name];
        var weights = arguments.GetRequiredValue(_weights) == "uint8" ? ExportWeights.UInt8 : ExportWeights.Float;
        var isTensorFlows = format is ExportFormat.FrozenGraph or ExportFormat.SavedModel;
        var takes = (arguments.GetValue(_takes) ?? (format == ExportFormat.FrozenGraph && arguments.GetValue(_head) is not null ? "image-file" : "pixels")) == "image-file" ? BackboneInput.ImageFile : BackboneInput.Pixels;
        if (takes == BackboneInput.ImageFile && !isTensorFlows)
        {
            throw new UsageException($"--takes image-file: {name} models do not decode image files; export with --takes pixels, or to frozen or savedmodel.");
        }

        if (weights == ExportWeights.UInt8 && isTensorFlows)
        {
            throw new UsageException($"--weights uint8: {name} keeps weights as the graph has them; 8-bit ones are for onnx and tfjs.");
        }

        var (model, preprocessing) = arguments.GetValue(_head) is { } head ? Classifier(arguments, head, takes, output) : Network(arguments, takes);
        cancellation.ThrowIfCancellationRequested();
        var files = model.Write(format, arguments.GetRequiredValue(_output), weights);
        var bytes = files.Sum(file => new FileInfo(file).Length);
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {Listed(files)} ({bytes / 1048576.0:0.0} MiB); {ProgressDisplay.Duration(clock.Elapsed)}"));
        output.Line($"Input:   {string.Join(", ", model.Inputs)}{(takes == BackboneInput.ImageFile ? ", the bytes of a JPEG or PNG file" : preprocessing is null ? "" : $", images prepared as {preprocessing}")}");
        output.Line($"Output:  {string.Join(", ", model.Outputs)}{(model.Labels.Count > 0 ? $", {model.Labels.Count} probabilities" : "")}");
        output.Result(new
        {
            format = name,
            files = files.Select(Path.GetFullPath),
            bytes,
            inputs = model.Inputs,
            outputs = model.Outputs,
            takes = takes == BackboneInput.ImageFile ? "image-file" : "pixels",
            preprocessing,
            labels = model.Labels,
            weights = arguments.GetRequiredValue(_weights),
            seconds = clock.Elapsed.TotalSeconds,
        });
        return ExitCode.Success;
    }

    /// <summary>Says where other programs will compute other features than the head was fitted on.</summary>
    internal static void SayPrecision(Backbone backbone, CommandOutput output)
    {
        if (backbone.Precision != Precision.Float32)
        {
            output.Notice("The head was fitted on features computed with --precision int8; other programs compute them in single precision, so probabilities will differ a little. For the same ones, fit the head on features of single precision.");
        }
    }

    private static string Listed(IReadOnlyList<string> files) => files.Count <= 3 ? string.Join(", ", files) : $"{files[0]} and {files.Count - 1} files beside it";

    private (ExportModel Model, string? Preprocessing) Classifier(ParseResult arguments, string path, BackboneInput takes, CommandOutput output)
    {
        if (arguments.GetValue(_input) is not null || arguments.GetValue(_tensors) is { Length: > 0 } || arguments.GetValue(_preprocess) is not null)
        {
            throw new UsageException("--head says which tensors it reads and how images are prepared; --input, --tensor and --preprocess are for a network alone.");
        }

        var head = ClassifierHead.Load(path);
        var description = head.Description;
        var (backbone, tap) = BackboneResolver.ResolveStored(
            description.BackboneId, description.GraphSha256, description.Tensor, head.FeatureDimension, description.Preprocessing, arguments.GetValue(_model), Engines.Default);
        SayPrecision(backbone, output);
        var options = new ClassifierExportOptions { Input = takes, OutputName = arguments.GetRequiredValue(_tensorName) };
        return (ClassifierExport.Create(backbone, tap, head, options), backbone.Preprocessing?.Id);
    }

    private (ExportModel Model, string? Preprocessing) Network(ParseResult arguments, BackboneInput takes)
    {
        var (named, input, tensors) = (arguments.GetValue(_model), arguments.GetValue(_input), arguments.GetValue(_tensors) ?? []);
        var scaling = ModelOptions.Named(arguments, _preprocess, PixelScalings.Parse);
        if (named is null || !GraphFile.Exists(named))
        {
            var catalog = BackboneCatalog.Load();
            var backbone = named is null ? catalog.Backbones[0] : catalog.Find(named);
            BackboneCatalog.Verify(backbone);
            string[] asked = tensors.Length == 0 ? [backbone.Taps[0].Tensor] : [.. tensors.Select(tensor => backbone.Tap(tensor).Tensor)];
            return (ClassifierExport.OfNetwork(GraphFile.Read(backbone.GraphPath), input ?? backbone.Input, backbone.Preprocessing, asked, takes), backbone.Preprocessing?.Id);
        }

        var graph = GraphFile.Read(named);
        var description = GraphDescription.Of(graph);
        var feed = input ?? description.SuggestedInput ?? throw new GraphFormatException($"{named}: the graph has no placeholder to feed; say which tensor takes the images with --input NAME");
        if (tensors.Length == 0)
        {
            tensors = [.. description.Outputs.Select(tensor => tensor.Tensor)];
        }

        return (ClassifierExport.OfNetwork(graph, feed, Preprocessing(description, feed, scaling), tensors, takes), null);
    }

    private static ImagePreprocessing? Preprocessing(GraphDescription graph, string feed, PixelScaling? scaling)
    {
        if (scaling is null)
        {
            return null;
        }

        var shape = graph.Inputs.FirstOrDefault(input => input.Tensor == NodeInput.Parse(feed).ToString())?.Shape.Extents;
        return shape is [_, > 0 and <= 16384 and var height, > 0 and <= 16384 and var width, _]
            ? new ImagePreprocessing { Height = (int)height, Width = (int)width, Scaling = scaling.Value }
            : throw new GraphFormatException($"{graph.Source}: {feed} does not state the size of its images, which decoding files needs; export with --takes pixels");
    }
}
