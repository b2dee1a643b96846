using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Tests.Engines.Managed.Nets;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>A network to time: a graph file, or a folder of golden/nets whose weights are filled in by its rule.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Input">The tensor that takes the images.</param>
/// <param name="Output">The tensor wanted.</param>
/// <param name="InputExtents">Extents of the input, −1 where open; the first is the batch.</param>
internal sealed record EngineModel(Graph Graph, string Input, string Output, IReadOnlyList<long> InputExtents)
{
    /// <summary>The bundled graph, found from the folder the command runs in.</summary>
    public static string Bundled { get; } = Path.Combine("Models", "inception_v3_nsfwjs.pb");

    /// <summary>Reads a graph file or a golden network's folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="input">A placeholder; null to look for it, which takes a moment that a timing of the load must not hold.</param>
    /// <param name="output">The tensor wanted; null to look for it.</param>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    public static EngineModel Read(string path, string? input = null, string? output = null)
    {
        if (Directory.Exists(path))
        {
            var net = new GoldenNet(Path.GetFullPath(path));
            var golden = net.Cases[0];
            return new EngineModel(net.ReadGraph(), GoldenNet.Feed(golden), GoldenNet.Fetches(golden)[0], [-1, .. golden.GetProperty("input_shape").EnumerateArray().Skip(1).Select(extent => extent.GetInt64())]);
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no file {path}; run from the repository's root or name the graph with --model FILE.");
        }

        var graph = GraphDefReader.Read(path);
        if (input is null || output is null)
        {
            var description = GraphDescription.Of(graph);
            input ??= description.SuggestedInput ?? throw new GraphFormatException($"{path}: the graph has no placeholder that takes images");
            output ??= description.SuggestedBottleneck ?? description.Outputs[0].Tensor;
        }

        var node = NodeInput.Parse(input).Node;
        var placeholder = graph.Nodes.First(candidate => candidate.Name == node);
        return new EngineModel(graph, input, output, placeholder.Attributes.TryGetValue("shape", out var shape) && shape.Shape.Extents is { Count: 4 } extents ? extents : [-1, -1, -1, 3]);
    }

    /// <summary>Extents of an input of some images; what the graph leaves open is 224 wide and high and has 3 channels.</summary>
    public int[] Shape(int batch) =>
        [.. InputExtents.Select((extent, i) => i == 0 ? batch : extent > 0 ? (int)extent : i == InputExtents.Count - 1 ? 3 : 224)];

    /// <summary>Numbers in [0, 1) by a linear congruential generator; the peer makes the same.</summary>
    public static float[] Pixels(int count)
    {
        var pixels = new float[count];
        var state = 1u;
        for (var i = 0; i < count; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            pixels[i] = (float)(state / 4294967296.0);
        }

        return pixels;
    }
}
