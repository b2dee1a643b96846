using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Operations;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Graphs.Exports;

/// <summary>The small network of golden/formats/1_models as frozen graphs, with what TensorFlow gave.</summary>
internal static class TinyNet
{
    private static readonly string s_folder = GoldenFolder.At("golden", "formats", "1_models");
    private static readonly Lazy<JsonElement> s_ends = new(() => GoldenFolder.Index("golden", "formats", "1_models", "network.json")!.Value.GetProperty("tf1"));

    /// <summary>Names of the frozen graphs; none where the folder is not here.</summary>
    public static IReadOnlyList<string> Files { get; } = Directory.Exists(Path.Combine(s_folder, "frozen_graphdef"))
        ? [.. Directory.GetFiles(Path.Combine(s_folder, "frozen_graphdef"), "*.pb").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The network ready for export: probabilities, and where asked features too.</summary>
    public static ExportModel Read(string file, bool withFeatures)
    {
        string Tensor(string name) => s_ends.Value.GetProperty(name).GetString()!;
        return new ExportModel
        {
            Graph = GraphDefReader.Read(Path.Combine(s_folder, "frozen_graphdef", file)),
            Inputs = [Tensor("input")],
            Outputs = withFeatures ? [Tensor("features"), Tensor("probabilities")] : [Tensor("probabilities")],
        };
    }

    /// <summary>The images.</summary>
    public static Tensor Images() => GoldenArrays.ToTensor(Array("inputs"));

    /// <summary>What TensorFlow gave, in the order of the outputs.</summary>
    public static float[][] Expected(bool withFeatures) =>
        withFeatures ? [Array("features").AsSpan<float>().ToArray(), Array("probabilities").AsSpan<float>().ToArray()] : [Array("probabilities").AsSpan<float>().ToArray()];

    private static NpyArray Array(string name)
    {
        using var file = new NpzReader(Path.Combine(s_folder, "expected.npz"));
        return file.Read(name);
    }
}
