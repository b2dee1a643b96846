using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>export</c>: a network, for other programs to run.</summary>
internal sealed class ExportCommand : ICommand
{
    private readonly Option<string> _to = new("--to") { Description = "Format: onnx.", Required = true };
    private readonly Option<string> _output = new("--output", "-o") { Description = "The file to write.", HelpName = "PATH", Required = true };
    private readonly Option<string?> _model = new("--model", "-m") { Description = "Id from 'models list', or path of a frozen TensorFlow graph (.pb). Default: the bundled InceptionV3.", HelpName = "ID|FILE" };
    private readonly Option<string?> _input = new("--input") { Description = "The tensor that takes the images. Default: read from the graph.", HelpName = "TENSOR" };
    private readonly Option<string[]> _tensors = new("--tensor", "--tap", "-t") { Description = "A tensor to give; for a model of the catalog also a tap's name (mixed8). Default: the bottleneck of a model of the catalog, the outputs of another graph.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _weights = new("--weights") { Description = "float, or uint8: a quarter of the size.", DefaultValueFactory = _ => "float" };

    /// <summary>Declares the options.</summary>
    public ExportCommand()
    {
        _to.AcceptOnlyFromAmong("onnx");
        _weights.AcceptOnlyFromAmong("float", "uint8");
        foreach (var option in new Option[] { _to, _output, _model, _input, _tensors, _weights })
        {
            Definition.Add(option);
        }
    }

    /// <inheritdoc/>
    public Command Definition { get; } = new("export", "Write a network in a format that other programs run.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer export --model inception_v3_nsfwjs --to onnx --weights uint8 --output inception.onnx", "mltransfer export --model my_graph.pb --tensor logits --to onnx --output my_graph.onnx"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var (arguments, output, _) = context;
        var clock = Stopwatch.StartNew();
        var (graph, feeds, fetches) = Find(arguments.GetValue(_model), arguments.GetValue(_input), arguments.GetValue(_tensors) ?? []);
        var path = arguments.GetRequiredValue(_output);
        var weights = arguments.GetRequiredValue(_weights) == "uint8" ? OnnxWeights.UInt8 : OnnxWeights.Float;
        OnnxExport.Write(path, graph, feeds, fetches, new OnnxExportOptions { Weights = weights });
        var bytes = new FileInfo(path).Length;
        output.Line(string.Create(CultureInfo.InvariantCulture, $"Written: {path} ({bytes / 1048576.0:0.0} MiB), input {string.Join(", ", feeds)}, output {string.Join(", ", fetches)}; {ProgressDisplay.Duration(clock.Elapsed)}"));
        output.Result(new { format = "onnx", file = Path.GetFullPath(path), bytes, inputs = feeds, outputs = fetches, seconds = clock.Elapsed.TotalSeconds });
        return ExitCode.Success;
    }

    private static (Graph Graph, IReadOnlyList<string> Feeds, IReadOnlyList<string> Fetches) Find(string? model, string? input, string[] tensors)
    {
        var catalog = BackboneCatalog.Load();
        if (model is null || !File.Exists(model))
        {
            var backbone = model is null ? catalog.Backbones[0] : catalog.Find(model);
            BackboneCatalog.Verify(backbone);
            return (GraphDefReader.Read(backbone.GraphPath), [input ?? backbone.Input], tensors.Length == 0 ? [backbone.Taps[0].Tensor] : [.. tensors.Select(tensor => backbone.Tap(tensor).Tensor)]);
        }

        var graph = GraphDefReader.Read(model);
        var description = GraphDescription.Of(graph);
        var feed = input ?? description.SuggestedInput ?? throw new GraphFormatException($"{model}: the graph has no placeholder to feed; say which tensor takes the images with --input NAME");
        return (graph, [feed], tensors.Length == 0 ? [.. description.Outputs.Select(tensor => tensor.Tensor)] : tensors);
    }
}
