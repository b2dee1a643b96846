using System.Text.Json;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Graphs.Descriptions;

/// <summary>What is said of every net of golden/nets, against its manifest.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/nets (descriptions)")]
public class GoldenDescriptionTests
{
    public static TheoryData<string> Nets
    {
        get
        {
            var folder = GoldenFolder.At("golden", "nets");
            var manifests = Directory.Exists(folder) ? Directory.GetFiles(folder, "manifest.json", SearchOption.AllDirectories) : [];
            var nets = new TheoryData<string>();
            foreach (var net in manifests.Select(manifest => Path.GetFileName(Path.GetDirectoryName(manifest)!)).Order(StringComparer.Ordinal).DefaultIfEmpty("(none)"))
            {
                nets.Add(net);
            }

            return nets;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Nets))]
    public void Net_IsDescribed(string net)
    {
        Skip.IfNot(GoldenFolder.Index("golden", "nets", net, "manifest.json") is not null, "golden/nets is not here: set MLTRANSFER_SHARED");
        var manifest = GoldenFolder.Index("golden", "nets", net, "manifest.json")!.Value;
        var graph = GraphDefReader.Read(GoldenFolder.At("golden", "nets", net, "graph.pb"));

        var description = GraphDescription.Of(graph);

        Assert.Equal(manifest.GetProperty("parameters").GetInt64(), description.ParameterCount);
        foreach (var op in manifest.GetProperty("ops").EnumerateObject().Where(op => op.Value.ValueKind == JsonValueKind.Number))
        {
            Assert.Equal(op.Value.GetInt32(), description.Operations.Single(entry => entry.Op == op.Name).Count);
        }

        var input = manifest.GetProperty("input_tensor").GetString();
        if (description.Inputs.Any(candidate => candidate.Tensor == input))
        {
            Assert.Equal(input, description.SuggestedInput);
        }

        var features = manifest.GetProperty("outputs").EnumerateArray().Single(output => output.GetProperty("key").GetString() == "out.0").GetProperty("tensor").GetString()!;
        Assert.Equal(Origin(graph, features), Origin(graph, description.SuggestedBottleneck ?? "nothing:0"));
    }

    /// <summary>The node whose numbers a tensor passes on, perhaps in another shape.</summary>
    private static string Origin(Graph graph, string tensor)
    {
        var name = NodeInput.Parse(tensor).Node;
        while (graph.TryGetNode(name, out var node) && node.Op is "Identity" or "Reshape" or "Squeeze")
        {
            name = node.Inputs[0].Node;
        }

        return name;
    }
}
