using MlTransfer.Features.Graphs.Exports;

namespace MlTransfer.Features.Graphs.Onnx;

/// <summary>How a graph is written as ONNX.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>How weights are kept. Default <see cref="ExportWeights.Float"/>.</summary>
    public ExportWeights Weights { get; init; } = ExportWeights.Float;

    /// <summary>Texts by key for the model's metadata (metadata_props), such as the labels of a classifier. Default none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
