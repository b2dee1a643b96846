using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Engines.Managed.Nets;

/// <summary>One folder of golden/nets: a whole network, how to fill its weights, what to feed and what TensorFlow gave.</summary>
internal sealed class GoldenNet
{
    /// <summary>Names nets, separated by commas, that alone are to be tested; the tests without vector instructions set it.</summary>
    public const string ChosenVariable = "MLTRANSFER_TEST_NETS";

    private readonly string _folder;
    private readonly JsonElement _manifest;

    public GoldenNet(string name)
    {
        _folder = GoldenFolder.At("golden", "nets", name);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "manifest.json")));
        _manifest = document.RootElement.Clone();
    }

    public static IReadOnlyList<string> Names { get; } = Directory.Exists(GoldenFolder.At("golden", "nets"))
        ? [.. Directory.GetDirectories(GoldenFolder.At("golden", "nets")).Where(folder => File.Exists(Path.Combine(folder, "manifest.json"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The feeds: the net's own first, then its extra cases.</summary>
    public IReadOnlyList<JsonElement> Cases => [_manifest, .. _manifest.TryGetProperty("extra_cases", out var extra) ? extra.EnumerateArray() : []];

    /// <summary>Additions and multiplications for one image.</summary>
    public long WorkPerImage => _manifest.GetProperty("flops_per_image").GetInt64();

    /// <summary>Elements of all constants.</summary>
    public long Parameters => _manifest.GetProperty("parameters").GetInt64();

    public static string Feed(JsonElement golden) => golden.GetProperty("input_tensor").GetString()!;

    public static string[] Fetches(JsonElement golden) => [.. golden.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("tensor").GetString()!).Distinct()];

    /// <summary>The graph with its weights filled in.</summary>
    public Graph ReadGraph()
    {
        var graph = GraphDefReader.Read(Path.Combine(_folder, _manifest.TryGetProperty("graph", out var file) ? file.GetString()! : "graph.pb"));
        var fills = _manifest.GetProperty("fills").EnumerateArray().ToDictionary(fill => fill.GetProperty("node").GetString()!);
        var nodes = graph.Nodes.Select(node => !fills.TryGetValue(node.Name, out var fill)
            ? node
            : node with { Attributes = new Dictionary<string, AttributeValue>(node.Attributes) { ["value"] = AttributeValue.Of(Filled(fill, node.Name)) } });
        return new Graph([.. nodes], [.. graph.Functions.Values], graph.Producer, graph.Source);
    }

    /// <summary>What to feed.</summary>
    public Tensor ReadInput(JsonElement golden)
    {
        if (golden.TryGetProperty("input_file", out var file) && file.ValueKind == JsonValueKind.String)
        {
            return Tensor.FromBytes(File.ReadAllBytes(Path.Combine(_folder, file.GetString()!)));
        }

        var fill = golden.GetProperty("input_fill");
        var shape = new TensorShape([.. golden.GetProperty("input_shape").EnumerateArray().Select(extent => extent.GetInt32())]);
        var values = WeightFill.Fill(fill.TryGetProperty("name", out var name) ? name.GetString()! : "input", shape.Count, (float)fill.GetProperty("scale").GetDouble());
        var offset = Offset(golden) ?? Offset(fill);
        for (var i = 0; offset is { } summand && i < values.Length; i++)
        {
            values[i] += summand;
        }

        return Tensor.From(shape, values);
    }

    /// <summary>What is wrong with the results, a line each.</summary>
    public IReadOnlyList<string> Compare(JsonElement golden, IReadOnlyDictionary<string, Tensor> results)
    {
        using var file = new NpzReader(Path.Combine(_folder, "golden.npz"));
        var faults = new List<string>();
        foreach (var output in golden.GetProperty("outputs").EnumerateArray())
        {
            var (tensor, key, kind) = (output.GetProperty("tensor").GetString()!, output.GetProperty("key").GetString()!, output.GetProperty("kind").GetString()!);
            var got = Summarise(results[tensor], kind);
            var want = file.Read(key).AsSpan<float>();
            if (got.Length != want.Length)
            {
                faults.Add($"{tensor} ({kind}): {got.Length} elements, wanted {want.Length}");
                continue;
            }

            var (rtol, atol) = (output.GetProperty("rtol").GetDouble(), output.GetProperty("atol").GetDouble());
            var (worst, at) = (0.0, -1);
            for (var i = 0; i < got.Length; i++)
            {
                var excess = Math.Abs((double)got[i] - want[i]) / (atol + (rtol * Math.Abs((double)want[i])));
                if (!(excess <= Math.Max(1, worst)))
                {
                    (worst, at) = (excess, i);
                }
            }

            if (at >= 0)
            {
                faults.Add($"{tensor} ({kind}): element {at} is {got[at]:R}, wanted {want[at]:R}: {worst:F1} times the tolerance");
            }
        }

        return faults;
    }

    private static Tensor Filled(JsonElement fill, string node)
    {
        var shape = new TensorShape([.. fill.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())]);
        return Tensor.From(shape, WeightFill.Fill(node, shape.Count, (float)fill.GetProperty("scale").GetDouble()));
    }

    private static float? Offset(JsonElement element) => element.TryGetProperty("offset", out var offset) ? (float)offset.GetDouble() : null;

    private static float[] Summarise(Tensor tensor, string kind)
    {
        var values = tensor.Type == DataType.UInt8 ? Array.ConvertAll(tensor.AsSpan<byte>().ToArray(), value => (float)value) : tensor.AsSpan<float>();
        if (kind == "full")
        {
            return values.ToArray();
        }

        var channels = tensor.Shape[tensor.Shape.Rank - 1];
        var (sums, largest) = (new double[channels], new float[channels]);
        Array.Fill(largest, float.NegativeInfinity);
        for (var i = 0; i < values.Length; i++)
        {
            sums[i % channels] += values[i];
            largest[i % channels] = Math.Max(largest[i % channels], values[i]);
        }

        var pixels = values.Length / channels;
        return kind == "max" ? largest : Array.ConvertAll(sums, sum => (float)(sum / pixels));
    }
}
