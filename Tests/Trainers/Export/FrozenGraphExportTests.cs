using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Export;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Trainers.Tests.Export;

public sealed class FrozenGraphExportTests : IDisposable
{
    private const int Channels = 3;

    private static readonly string[] s_labels = ["daisy", "roses", "tulips", "weeds"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_exported_graph_gives_the_heads_probabilities(bool map)
    {
        var (backbone, tap) = Network(map);
        var head = Head(backbone, tap);
        var exported = GraphDefReader.Parse(GraphDefWriter.Write(FrozenGraphExport.Create(backbone, tap, head)), "exported");

        var images = Images(5);
        using var session = new ReferenceEngine().Compile(exported, ["images:0"], ["final_result:0"]);
        var found = session.Run([images])[0];
        Assert.Equal(new TensorShape(5, s_labels.Length), found.Shape);

        for (var image = 0; image < 5; image++)
        {
            var features = new float[Channels];
            for (var i = 0; i < 4 * Channels; i++)
            {
                features[i % Channels] += MathF.Max(0, images.AsSpan<float>()[image * 4 * Channels + i]) / 4;
            }

            var expected = new float[s_labels.Length];
            head.Predict(features, expected);
            for (var label = 0; label < s_labels.Length; label++)
            {
                // Two float32 softmaxes over four logits of size about 1 differ by a few roundings.
                Assert.Equal(expected[label], found.AsSpan<float>()[image * s_labels.Length + label], 1e-6f);
            }
        }
    }

    [Fact]
    public void What_the_tap_does_not_need_is_left_out()
    {
        var (backbone, tap) = Network(map: false);
        var exported = FrozenGraphExport.Create(backbone, tap, Head(backbone, tap), "answer");
        Assert.False(exported.TryGetNode("old_logits", out _));
        Assert.True(exported.TryGetNode("answer", out var output));
        Assert.Equal("Softmax", output.Op);
    }

    [Fact]
    public void A_head_of_another_backbone_is_refused()
    {
        var (backbone, tap) = Network(map: false);
        var head = Head(backbone with { GraphSha256 = new string('f', 64) }, tap);
        Assert.Throws<HeadMismatchException>(() => FrozenGraphExport.Create(backbone, tap, head));
    }

    private static SoftmaxHead Head(Backbone backbone, BackboneTap tap)
    {
        float[] weights = [.. Enumerable.Range(0, s_labels.Length * Channels).Select(i => MathF.Sin(i + 1))];
        float[] bias = [0.1f, -0.2f, 0.3f, -0.4f];
        return new SoftmaxHead(new SoftmaxWeights(weights, bias), new HeadDescription
        {
            Labels = s_labels,
            BackboneId = backbone.Id,
            GraphSha256 = backbone.GraphSha256,
            Tensor = tap.Tensor,
            Preprocessing = backbone.PreprocessingId,
        });
    }

    private static Tensor Images(int count)
    {
        float[] pixels = [.. Enumerable.Range(0, count * 4 * Channels).Select(i => MathF.Cos(i * 0.7f))];
        return Tensor.From(new TensorShape(count, 2, 2, Channels), pixels);
    }

    private static GraphNode Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes) =>
        new(name, op, [.. inputs.Select(NodeInput.Parse)], attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal));

    private (Backbone Backbone, BackboneTap Tap) Network(bool map)
    {
        int[] axes = [1, 2];
        var type = ("T", AttributeValue.Of(DataType.Float32));
        var graph = new Graph(
        [
            Node("images", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(new PartialShape([-1, 2, 2, Channels])))),
            Node("relu", "Relu", ["images"], type),
            Node("axes", "Const", [], ("dtype", AttributeValue.Of(DataType.Int32)), ("value", AttributeValue.Of(Tensor.From(new TensorShape(2), axes)))),
            Node("pool", "Mean", ["relu", "axes"], type, ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(false))),
            Node("old_logits", "Softmax", ["pool"], type),
        ], [], 134, "network");
        var path = Path.Combine(_folder, "network.pb");
        File.WriteAllBytes(path, GraphDefWriter.Write(graph));
        var tensor = map ? "relu:0" : "pool:0";
        var tap = new BackboneTap(tensor, tensor, Channels, map);
        return (new Backbone
        {
            Id = "network",
            Title = "network",
            GraphPath = path,
            GraphSha256 = new string('a', 64),
            Source = "test",
            Licence = "MIT",
            Input = "images:0",
            Preprocessing = null,
            Taps = [tap],
        }, tap);
    }
}
