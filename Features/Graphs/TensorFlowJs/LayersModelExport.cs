using System.Text.Json.Nodes;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.Exports;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>
/// Writes a graph as a TensorFlow.js layers model, a functional Keras model: <c>model.json</c> with the topology, and its weights in files of 4 MiB.
/// What layers can not say is refused, naming the node; <see cref="GraphModelExport"/> takes more.
/// </summary>
/// <remarks>
/// Constants are computed, batch norms and biases folded into convolutions (with 8-bit weights, batch norms stay layers, so that the bytes can stay as
/// they are). Source: github.com/tensorflow/tfjs, tfjs-layers. Stateless, hence thread-safe.
/// </remarks>
public static class LayersModelExport
{
    /// <summary>Writes a folder, whole or not at all.</summary>
    /// <param name="folder">The folder; one that holds a model.json is replaced, another one that is not empty is refused.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Tensors that become input layers.</param>
    /// <param name="outputs">Tensors that become output layers, named after their nodes ('/' becomes '_').</param>
    /// <param name="weights">How weights are kept.</param>
    /// <param name="extraFiles">Further files of the folder, by name.</param>
    /// <exception cref="GraphFormatException">The graph is not legal or a name is not in it.</exception>
    /// <exception cref="OperationException">A node can not be said by layers; the message names it.</exception>
    public static void Write(
        string folder, Graph graph, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, ExportWeights weights = ExportWeights.Float, IReadOnlyDictionary<string, byte[]>? extraFiles = null)
    {
        var source = ExportGraph.Of(graph, inputs, outputs, LayersTranslation.Format);
        var translation = new LayersTranslation(source, [.. outputs.Select(ExportGraph.NameOf)], weights);
        var topology = translation.Run();
        var model = new JsonObject
        {
            ["format"] = "layers-model",
            ["generatedBy"] = ExportGraph.Program,
            ["convertedBy"] = null,
            ["modelTopology"] = topology,
        };
        translation.Weights.Write(folder, model, extraFiles ?? new Dictionary<string, byte[]>());
    }
}
