using MlTransfer.Datasets.Images;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens;
using MlTransfer.Trainers.Export;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Neighbours;
using MlTransfer.Trainers.Networks;

namespace MlTransfer.Trainers.Tests.Export;

public sealed class ClassifierExportTests : IDisposable
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
        var exported = GraphDefReader.Parse(GraphDefWriter.Write(ClassifierExport.Create(backbone, tap, head).Graph), "exported");

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
        var exported = ClassifierExport.Create(backbone, tap, Head(backbone, tap), new ClassifierExportOptions { OutputName = "answer" }).Graph;
        Assert.False(exported.TryGetNode("old_logits", out _));
        Assert.True(exported.TryGetNode("answer", out var output));
        Assert.Equal("Softmax", output.Op);
    }

    [Fact]
    public void A_head_of_another_backbone_is_refused()
    {
        var (backbone, tap) = Network(map: false);
        var head = Head(backbone with { GraphSha256 = new string('f', 64) }, tap);
        Assert.Throws<HeadMismatchException>(() => ClassifierExport.Create(backbone, tap, head));
    }

    public static TheoryData<string> Kinds => ["softmax", "network", "centroid-cosine", "centroid-euclidean"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_head_that_has_layers_keeps_its_probabilities_and_temperature(string kind)
    {
        var (backbone, tap) = Network(map: false);
        var description = Head(backbone, tap).Description with { Temperature = 1.7 };
        float[] Numbers(int count, int phase) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin((i * 1.3f) + phase))];
        ClassifierHead head = kind switch
        {
            "softmax" => new SoftmaxHead(new SoftmaxWeights(Numbers(12, 1), Numbers(4, 2)), description),
            "network" => new NetworkHead(new NetworkWeights([new DenseWeights(Numbers(15, 1), Numbers(5, 2)), new DenseWeights(Numbers(30, 3), Numbers(6, 4)), new DenseWeights(Numbers(24, 5), Numbers(4, 6))]), description),
            _ => new CentroidHead(new CentroidSet(Numbers(12, 3), [3, 2, 0, 1], kind.EndsWith("cosine", StringComparison.Ordinal) ? SimilarityMetric.Cosine : SimilarityMetric.Euclidean, 4), description),
        };
        var images = Images(5);
        using var session = new ReferenceEngine().Compile(ClassifierExport.Create(backbone, tap, head).Graph, ["images:0"], ["final_result:0"]);
        var found = session.Run([images])[0].AsSpan<float>();
        var expected = new float[s_labels.Length];
        for (var image = 0; image < 5; image++)
        {
            head.Predict(Features(images, image), expected);
            for (var label = 0; label < s_labels.Length; label++)
            {
                Assert.Equal(expected[label], found[(image * s_labels.Length) + label], 2e-6f);
            }
        }
    }

    [Fact]
    public void Neighbours_are_refused_by_name()
    {
        var (backbone, tap) = Network(map: false);
        var head = new NeighbourHead(
            new NeighbourSet([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 3], 4, 1, NeighbourWeighting.Uniform, SimilarityMetric.Cosine), Head(backbone, tap).Description);
        Assert.Contains("kind 'neighbours'", Assert.Throws<NotSupportedException>(() => ClassifierExport.Create(backbone, tap, head)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Preprocessings
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var resize in ResizeMethods.Names.Where(name => name.StartsWith("tf-", StringComparison.Ordinal)))
            {
                all.Add(resize, "inception");
            }

            foreach (var scaling in PixelScalings.Names.Where(name => name != "inception"))
            {
                all.Add("tf-legacy-bilinear", scaling);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Preprocessings))]
    public void A_graph_that_takes_files_prepares_them_as_the_head_was_fitted(string resize, string scaling)
    {
        var (plain, tap) = Network(map: false);
        var backbone = plain with { Preprocessing = ImagePreprocessing.Parse($"rgb;{resize};2x2;{scaling};jpeg-dct-accurate") };
        var head = Head(backbone, tap);
        var photo = File.ReadAllBytes(Path.Combine(GoldenFolder.Bundled, "golden", "nets", "inception_2015", "photo2.jpg"));
        var model = ClassifierExport.Create(backbone, tap, head, new ClassifierExportOptions { Input = BackboneInput.ImageFile });
        Assert.Equal(["DecodeJpeg/contents:0"], model.Inputs);

        var pixels = new float[12];
        backbone.Preprocessing.Apply(PhotoReader.Read(photo, backbone.Preprocessing.ReadOptions), pixels);
        using var wanted = new ReferenceEngine().Compile(ClassifierExport.Create(backbone, tap, head).Graph, ["images:0"], ["final_result:0"]);
        using var session = new ReferenceEngine().Compile(GraphDefReader.Parse(GraphDefWriter.Write(model.Graph), "exported"), model.Inputs, model.Outputs);
        var expected = wanted.Run([Tensor.From(new TensorShape(1, 2, 2, Channels), pixels)])[0].AsSpan<float>();
        var found = session.Run([Tensor.FromBytes(photo)])[0].AsSpan<float>();
        for (var label = 0; label < s_labels.Length; label++)
        {
            // Only standardisation sums in another order.
            Assert.Equal(expected[label], found[label], scaling == "per-image-standardization" ? 2e-5f : 1e-6f);
        }
    }

    [Theory]
    [InlineData("rgb;pillow-bilinear;2x2;inception", "pillow-bilinear")]
    [InlineData("rgb;tf-legacy-bilinear;2x2;inception;jpeg-dct-fast;exif-applied", "EXIF")]
    public void Preparation_that_a_graph_can_not_do_is_refused_with_what_to_do(string preprocessing, string named)
    {
        var (plain, tap) = Network(map: false);
        var backbone = plain with { Preprocessing = ImagePreprocessing.Parse(preprocessing) };
        var fault = Assert.Throws<NotSupportedException>(() => ClassifierExport.Create(backbone, tap, Head(backbone, tap), new ClassifierExportOptions { Input = BackboneInput.ImageFile }));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.Contains("--takes pixels", fault.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => BackboneGraph.EnsureTakesImageFiles(backbone));
    }

    [Fact]
    public void A_tensor_in_the_middle_of_the_graph_becomes_the_input()
    {
        var (plain, tap) = Network(map: false);
        var backbone = plain with { Input = "relu:0", Preprocessing = ImagePreprocessing.Parse("rgb;tf-legacy-bilinear;2x2;inception") };
        var model = ClassifierExport.Create(backbone, tap, Head(backbone, tap));
        Assert.Equal(["relu:0"], model.Inputs);
        Assert.True(model.Graph.TryGetNode("relu", out var input));
        Assert.Equal("Placeholder", input.Op);
        Assert.Equal("[?,2,2,3]", input.Attributes["shape"].Shape.ToString());
        Assert.False(model.Graph.TryGetNode("images", out _));
        using var session = new ReferenceEngine().Compile(model.Graph, model.Inputs, model.Outputs);
        Assert.Equal(new TensorShape(2, s_labels.Length), session.Run([Images(2)])[0].Shape);
    }

    [Fact]
    public void A_saved_model_is_read_back_and_gives_the_same_probabilities()
    {
        var (backbone, tap) = Network(map: true);
        var model = ClassifierExport.Create(backbone, tap, Head(backbone, tap));
        var folder = Path.Combine(_folder, "saved");
        model.Write(ExportFormat.SavedModel, folder);
        model.Write(ExportFormat.SavedModel, folder);
        Assert.Equal(s_labels, File.ReadAllLines(Path.Combine(folder, "output_labels.txt")));
        var read = SavedModelReader.Read(folder);
        var signature = read.Signatures["serving_default"];
        Assert.Equal("[?,2,2,3]", signature.Inputs["images"].Shape.ToString());
        Assert.Equal("[?,4]", signature.Outputs["final_result"].Shape.ToString());
        var images = Images(3);
        using var one = new ReferenceEngine().Compile(model.Graph, model.Inputs, model.Outputs);
        using var other = new ReferenceEngine().Compile(read.Graph, [signature.Inputs["images"].Tensor], [signature.Outputs["final_result"].Tensor]);
        Assert.Equal(one.Run([images])[0].AsSpan<float>().ToArray(), other.Run([images])[0].AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_folder_with_other_things_is_left_alone()
    {
        var (backbone, tap) = Network(map: true);
        var folder = Path.Combine(_folder, "mine");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "thesis.txt"), "years of work");
        foreach (var format in new[] { ExportFormat.SavedModel, ExportFormat.TensorFlowJsLayers, ExportFormat.TensorFlowJsGraph })
        {
            var fault = Assert.Throws<IOException>(() => ClassifierExport.Create(backbone, tap, Head(backbone, tap)).Write(format, folder));
            Assert.Contains(folder, fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_folder).Count());
    }

    [Fact]
    public void A_label_that_the_list_of_labels_can_not_say_is_refused_before_anything_is_written()
    {
        var (backbone, tap) = Network(map: true);
        var head = Head(backbone, tap);
        var model = ClassifierExport.Create(backbone, tap, head.WithDescription(head.Description with { Labels = ["daisy", "sun\nflower", "tulips", "weeds"] }));
        var before = Directory.EnumerateFileSystemEntries(_folder).ToArray();
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var fault = Assert.Throws<InvalidDataException>(() => model.Write(format, Path.Combine(_folder, "model")));
            Assert.Contains("line break", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Directory.EnumerateFileSystemEntries(_folder));
    }

    private static float[] Features(Tensor images, int image)
    {
        var features = new float[Channels];
        for (var i = 0; i < 4 * Channels; i++)
        {
            features[i % Channels] += MathF.Max(0, images.AsSpan<float>()[(image * 4 * Channels) + i]) / 4;
        }

        return features;
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
