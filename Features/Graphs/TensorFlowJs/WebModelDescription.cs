using System.Text.Json;

namespace MlTransfer.Features.Graphs.TensorFlowJs;

/// <summary>What a TensorFlow.js model holds. Immutable; safe from any thread.</summary>
/// <param name="Format">layers-model or graph-model.</param>
/// <param name="Inputs">Names of input layers or placeholders.</param>
/// <param name="Outputs">Names of output layers or of the signature's outputs.</param>
/// <param name="Operations">Layers by class, or nodes by operation.</param>
/// <param name="ParameterCount">Elements of all weights.</param>
/// <param name="ParameterBytes">Bytes of the files of weights that are there.</param>
public sealed record WebModelDescription(
    string Format, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyDictionary<string, int> Operations, long ParameterCount, long ParameterBytes)
{
    /// <summary>Reads model.json, or the folder that it lies in.</summary>
    /// <exception cref="GraphFormatException">Not such a model; the message begins with the path.</exception>
    public static WebModelDescription Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, WeightShards.ModelFileName) : path;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var (root, folder) = (document.RootElement, Path.GetDirectoryName(Path.GetFullPath(file))!);
            var topology = root.GetProperty("modelTopology");
            var weights = root.GetProperty("weightsManifest").EnumerateArray().ToList();
            var count = weights.SelectMany(group => group.GetProperty("weights").EnumerateArray()).Sum(weight => weight.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, extent) => product * extent.GetInt64()));
            var bytes = weights.SelectMany(group => group.GetProperty("paths").EnumerateArray()).Select(name => new FileInfo(Path.Combine(folder, Path.GetFileName(name.GetString()!)))).Where(shard => shard.Exists).Sum(shard => shard.Length);
            if (topology.TryGetProperty("node", out var nodes))
            {
                var all = nodes.EnumerateArray().ToList();
                return new WebModelDescription(
                    root.GetProperty("format").GetString()!, [.. all.Where(node => Text(node, "op") == "Placeholder").Select(node => Text(node, "name"))],
                    root.TryGetProperty("signature", out var signature) && signature.TryGetProperty("outputs", out var outputs) ? [.. outputs.EnumerateObject().Select(output => output.Name)] : [],
                    Counted(all.Select(node => Text(node, "op"))), count, bytes);
            }

            var config = topology.GetProperty("model_config").GetProperty("config");
            var layers = config.ValueKind == JsonValueKind.Array ? config : config.GetProperty("layers");
            return new WebModelDescription(
                root.GetProperty("format").GetString()!, Ends(config, "input_layers"), Ends(config, "output_layers"), Counted(layers.EnumerateArray().Select(layer => Text(layer, "class_name"))), count, bytes);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new GraphFormatException($"{path}: not a TensorFlow.js model: {fault.Message}", fault);
        }
    }

    /// <summary>Whether a path is such a model, or the folder of one.</summary>
    public static bool IsWebModel(string path) => Path.GetExtension(path) == ".json" || File.Exists(Path.Combine(path, WeightShards.ModelFileName));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IReadOnlyList<string> Ends(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out var ends) ? [.. ends.EnumerateArray().Select(end => end.ValueKind == JsonValueKind.Array ? end[0].ToString() : end.ToString())] : [];

    private static Dictionary<string, int> Counted(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());
}
