using System.Text;
using System.Text.Json;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Files;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Features.Graphs.TensorFlowJs;

namespace MlTransfer.Features.Graphs.Exports;

/// <summary>A network with named ends, ready to be written in any format. Immutable; safe from any thread.</summary>
public sealed record ExportModel
{
    /// <summary>Name of the file with the labels, as retrain.py calls it.</summary>
    public const string LabelsFileName = "output_labels.txt";

    /// <summary>The graph.</summary>
    public required Graph Graph { get; init; }

    /// <summary>Tensors to feed, "node:index".</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Tensors to fetch, "node:index".</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Names of the classes, for a classifier; else none.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Writes the network. Labels go into <see cref="LabelsFileName"/>, one a line: beside a file, inside a folder.</summary>
    /// <param name="format">The format.</param>
    /// <param name="path">The file, or for formats of several files the folder; each is written whole or not at all.</param>
    /// <param name="weights">How weights are kept.</param>
    /// <returns>The files written, the main one first.</returns>
    /// <exception cref="OperationException">The format can not express a node; the message names it.</exception>
    /// <exception cref="NotSupportedException">The format can not be written so.</exception>
    /// <exception cref="InvalidDataException">A label holds a line break, which <see cref="LabelsFileName"/> can not say; nothing is written.</exception>
    /// <exception cref="IOException">The path is in use for something else, or can not be written.</exception>
    public IReadOnlyList<string> Write(ExportFormat format, string path, ExportWeights weights = ExportWeights.Float)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var labels = Labels.Count == 0 ? [] : Encoding.UTF8.GetBytes(ClassNames.ToLines(Labels));
        var inFolder = Labels.Count == 0 ? new Dictionary<string, byte[]>() : new Dictionary<string, byte[]> { [LabelsFileName] = labels };
        if (format is ExportFormat.FrozenGraph or ExportFormat.SavedModel && weights != ExportWeights.Float)
        {
            throw new NotSupportedException("TensorFlow's formats keep weights as the graph has them; 8-bit ones are for ONNX and TensorFlow.js.");
        }

        switch (format)
        {
            case ExportFormat.SavedModel:
                SavedModelWriter.Write(path, new SavedModel(Graph, new Dictionary<string, ModelSignature> { [ModelSignature.ServingName] = Signature() }), inFolder);
                return FilesOf(path, SavedModelWriter.FileName);
            case ExportFormat.TensorFlowJsLayers:
                LayersModelExport.Write(path, Graph, Inputs, Outputs, weights, inFolder);
                return FilesOf(path, WeightShards.ModelFileName);
            case ExportFormat.TensorFlowJsGraph:
                GraphModelExport.Write(path, this, weights, inFolder);
                return FilesOf(path, WeightShards.ModelFileName);
            case ExportFormat.FrozenGraph:
                WholeFile.Write(path, GraphDefWriter.Write(Graph));
                break;
            case ExportFormat.Onnx:
                var metadata = Labels.Count == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["labels"] = JsonSerializer.Serialize(Labels) };
                OnnxExport.Write(path, Graph, Inputs, Outputs, new OnnxExportOptions { Weights = weights, Metadata = metadata });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "No format has this number.");
        }

        if (Labels.Count == 0)
        {
            return [path];
        }

        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, LabelsFileName);
        WholeFile.Write(beside, labels);
        return [path, beside];
    }

    /// <summary>The ends as a signature; names are those of the nodes.</summary>
    internal ModelSignature Signature()
    {
        var bound = GraphBinder.Bind(Graph, Inputs, Outputs);
        var shape = Labels.Count == 0 ? PartialShape.Unknown : new PartialShape([-1, Labels.Count]);
        return new ModelSignature(
            bound.Feeds.ToDictionary(feed => ExportGraph.NameOf(feed.Name), feed => new SignatureTensor(feed.Name, feed.Type, feed.Shape), StringComparer.Ordinal),
            Outputs.Zip(bound.Fetches).ToDictionary(
                pair => ExportGraph.NameOf(pair.First),
                pair => new SignatureTensor(NodeInput.Parse(pair.First).ToString(), bound.Nodes[pair.Second.Node].OutputTypes[pair.Second.Output], shape),
                StringComparer.Ordinal));
    }

    private static IReadOnlyList<string> FilesOf(string folder, string main) =>
    [
        Path.Combine(folder, main),
        .. Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != main).Order(StringComparer.Ordinal),
    ];
}
