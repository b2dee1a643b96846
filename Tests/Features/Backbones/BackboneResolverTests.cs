using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Backbones;

public sealed class BackboneResolverTests : IDisposable
{
    private static readonly int[] s_axes = [1, 2];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_asked_gives_the_bundled_bottleneck()
    {
        var (backbone, tap) = BackboneResolver.Resolve(new BackboneRequest(), new ReferenceEngine());
        Assert.Equal("inception_v3_nsfwjs", backbone.Id);
        Assert.Equal("bottleneck:0", tap.Tensor);
    }

    [Fact]
    public void Resize_and_dct_of_a_catalog_model_can_be_chosen_but_not_its_input()
    {
        var (backbone, _) = BackboneResolver.Resolve(
            new BackboneRequest { Resize = ResizeMethod.TensorFlowHalfPixelBilinear, ApplyExifOrientation = true }, new ReferenceEngine());
        Assert.Equal(ResizeMethod.TensorFlowHalfPixelBilinear, backbone.Preprocessing!.Resize);
        Assert.True(backbone.Preprocessing.ApplyExifOrientation);
        Assert.Throws<ArgumentException>(() => BackboneResolver.Resolve(new BackboneRequest { Size = 224 }, new ReferenceEngine()));
    }

    [Fact]
    public void A_model_that_is_neither_file_nor_known_is_named_with_those_that_are()
    {
        var message = Assert.Throws<ArgumentException>(() => BackboneResolver.Resolve(new BackboneRequest { Model = "inception_v4" }, new ReferenceEngine())).Message;
        Assert.Contains("inception_v3_nsfwjs", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_of_ones_own_tells_its_input_size_bottleneck_and_dimension()
    {
        var path = Save(Network(classes: 4, batch: -1));
        var (backbone, tap) = BackboneResolver.Resolve(new BackboneRequest { Model = path, Scaling = PixelScaling.Inception }, new ReferenceEngine());
        Assert.Equal("images:0", backbone.Input);
        Assert.Equal((6, 5), (backbone.Preprocessing!.Width, backbone.Preprocessing.Height));
        Assert.Equal(("pool:0", 3, false), (tap.Tensor, tap.Dimension, tap.IsMap));
        Assert.Equal(int.MaxValue, backbone.MaxBatch);

        var (stored, storedTap) = BackboneResolver.ResolveStored(backbone.Id, backbone.GraphSha256, tap.Tensor, tap.Dimension, backbone.PreprocessingId, path, new ReferenceEngine());
        Assert.Equal(backbone.PreprocessingId, stored.PreprocessingId);
        Assert.Equal(tap, storedTap);
    }

    [Fact]
    public void A_map_is_known_as_one_and_a_pinned_batch_too()
    {
        var path = Save(Network(classes: 4, batch: 1));
        var (backbone, tap) = BackboneResolver.Resolve(new BackboneRequest { Model = path, Scaling = PixelScaling.None, Tensor = "relu" }, new ReferenceEngine());
        Assert.Equal((3, true), (tap.Dimension, tap.IsMap));
        Assert.Equal(1, backbone.MaxBatch);
    }

    [Fact]
    public void The_scaling_has_to_be_said()
    {
        var path = Save(Network(classes: 4, batch: -1));
        var message = Assert.Throws<ArgumentException>(() => BackboneResolver.Resolve(new BackboneRequest { Model = path }, new ReferenceEngine())).Message;
        Assert.Contains("--preprocess", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_contradicts_the_graph_is_refused()
    {
        var path = Save(Network(classes: 4, batch: -1));
        var request = new BackboneRequest { Model = path, Scaling = PixelScaling.None, Size = 299 };
        Assert.Contains("6 x 5", Assert.Throws<ArgumentException>(() => BackboneResolver.Resolve(request, new ReferenceEngine())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_not_there_gets_the_nearest_that_are()
    {
        var path = Save(Network(classes: 4, batch: -1));
        var request = new BackboneRequest { Model = path, Scaling = PixelScaling.None, Tensor = "pol:0" };
        Assert.Contains("pool", Assert.Throws<GraphFormatException>(() => BackboneResolver.Resolve(request, new ReferenceEngine())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_of_another_graph_is_refused_with_both_names()
    {
        var path = Save(Network(classes: 4, batch: -1));
        var message = Assert.Throws<InvalidDataException>(
            () => BackboneResolver.ResolveStored("file:flowers", new string('a', 64), "pool:0", 3, "graph;feed=x:0", path, new ReferenceEngine())).Message;
        Assert.Contains("file:flowers", message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    private string Save(Graph graph)
    {
        var path = Path.Combine(_folder, "net.pb");
        File.WriteAllBytes(path, GraphDefWriter.Write(graph));
        return path;
    }

    private static Graph Network(int classes, int batch)
    {
        var type = ("T", AttributeValue.Of(DataType.Float32));
        return new Graph(
        [
            Node("images", "Placeholder", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("shape", AttributeValue.Of(new PartialShape([batch, 5, 6, 3])))),
            Node("relu", "Relu", ["images"], type),
            Node("axes", "Const", [], ("dtype", AttributeValue.Of(DataType.Int32)), ("value", AttributeValue.Of(Tensor.From(new TensorShape(2), s_axes)))),
            Node("pool", "Mean", ["relu", "axes"], type, ("Tidx", AttributeValue.Of(DataType.Int32)), ("keep_dims", AttributeValue.Of(false))),
            Node("weights", "Const", [], ("dtype", AttributeValue.Of(DataType.Float32)), ("value", AttributeValue.Of(Tensor.From(new TensorShape(3, classes), new float[3 * classes])))),
            Node("weights/read", "Identity", ["weights"], type),
            Node("logits", "MatMul", ["pool", "weights/read"], type, ("transpose_a", AttributeValue.Of(false)), ("transpose_b", AttributeValue.Of(false))),
            Node("probabilities", "Softmax", ["logits"], type),
        ], [], 134, "network");
    }

    private static GraphNode Node(string name, string op, string[] inputs, params (string Name, AttributeValue Value)[] attributes) =>
        new(name, op, [.. inputs.Select(NodeInput.Parse)], attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal));
}
