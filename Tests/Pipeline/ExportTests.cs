using System.Text.Json;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Goldens.Peers;

namespace MlTransfer.Pipeline.Tests;

/// <summary>The command <c>export</c>, on the bundled network with a head that was really fitted; each format once.</summary>
public sealed class ExportTests(SampleRun sample) : IClassFixture<SampleRun>
{
    [Theory]
    [InlineData("frozen", "output_graph.pb", "DecodeJpeg/contents:0")]
    [InlineData("savedmodel", "saved", "input:0")]
    public void TensorFlows_formats_are_read_back_and_give_what_predict_gives(string format, string name, string input)
    {
        var path = Path.Combine(sample.Folder, format, name);
        var run = CommandRun.Of("export", "--head", sample.Head, "--to", format, "--output", path, "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(input, run.Json.GetProperty("inputs")[0].GetString());
        var labels = format == "frozen" ? Path.Combine(sample.Folder, format, "output_labels.txt") : Path.Combine(path, "output_labels.txt");
        Assert.Equal(["bag", "sneaker", "trouser"], File.ReadAllLines(labels));
        var inspected = CommandRun.Of("models", "inspect", path, "--json");
        Assert.True(inspected.Code == 0, inspected.Error);
        Assert.Equal(input, inspected.Json.GetProperty("inputs")[0].GetProperty("tensor").GetString());

        var (picture, probabilities) = Predicted();
        using var session = new ManagedEngine().Compile(GraphFile.Read(path), [input], ["final_result:0"]);
        var feed = format == "frozen" ? Tensor.FromBytes(File.ReadAllBytes(picture)) : Pixels(picture);
        AssertNear(probabilities, session.Run([feed])[0].AsSpan<float>().ToArray());
    }

    [SkippableFact]
    public void An_onnx_model_with_the_networks_own_bytes_is_small_and_gives_what_predict_gives()
    {
        Skip.If(OnnxRuntime.WhyMissing is not null, OnnxRuntime.WhyMissing);
        using var runtime = new OnnxRuntime();
        var path = Path.Combine(runtime.Folder, "sample.onnx");
        var run = CommandRun.Of("export", "--head", sample.Head, "--to", "onnx", "--weights", "uint8", "--output", path);
        Assert.True(run.Code == 0, run.Error);
        Assert.InRange(new FileInfo(path).Length, 20_000_000, 24_000_000);
        var (picture, probabilities) = Predicted();
        runtime.Add("sample.onnx", new Dictionary<string, PeerTensor> { ["input"] = new("float32", [1, 299, 299, 3], Bytes(Pixels(picture))) });
        var (outputs, error) = runtime.Run()[0];
        Assert.Null(error);
        AssertNear(probabilities, Floats(outputs!["final_result"]));
        var inspected = CommandRun.Of("models", "inspect", path, "--json");
        Assert.True(inspected.Code == 0, inspected.Error);
        Assert.Equal("""["bag","sneaker","trouser"]""", inspected.Json.GetProperty("onnx").GetProperty("metadata").GetProperty("labels").GetString());
    }

    [Fact]
    public void A_layers_model_is_written_in_files_of_4_MiB()
    {
        var folder = Path.Combine(sample.Folder, "web");
        var run = CommandRun.Of("export", "--head", sample.Head, "--to", "tfjs", "--weights", "uint8", "--output", folder, "--json");
        Assert.True(run.Code == 0, run.Error);
        using var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "model.json")));
        Assert.Equal("layers-model", model.RootElement.GetProperty("format").GetString());
        var paths = model.RootElement.GetProperty("weightsManifest")[0].GetProperty("paths").EnumerateArray().Select(name => new FileInfo(Path.Combine(folder, name.GetString()!)).Length).ToList();
        Assert.All(paths.SkipLast(1), length => Assert.Equal(4 << 20, length));
        Assert.InRange(paths.Sum(), 20_000_000, 24_000_000);
        var inspected = CommandRun.Of("models", "inspect", folder);
        Assert.True(inspected.Code == 0, inspected.Error);
        Assert.Contains("layers-model", inspected.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--takes image-file: onnx", "--to", "onnx", "--takes", "image-file")]
    [InlineData("--weights uint8: frozen", "--to", "frozen", "--weights", "uint8")]
    [InlineData("are for a network alone", "--to", "onnx", "--tensor", "mixed8")]
    public void What_does_not_go_together_is_said(string message, params string[] arguments)
    {
        var run = CommandRun.Of(["export", "--head", sample.Head, "--output", Path.Combine(sample.Folder, "never"), .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(sample.Folder, "never")));
    }

    [Fact]
    public void A_network_alone_is_exported_from_a_file_of_ones_own()
    {
        var graph = Path.Combine(sample.Folder, "alone.pb");
        var run = CommandRun.Of("export", "--tensor", "mixed0", "--to", "frozen", "--output", graph);
        Assert.True(run.Code == 0, run.Error);
        var folder = Path.Combine(sample.Folder, "alone");
        run = CommandRun.Of("export", "--model", graph, "--to", "tfjs-graph", "--output", folder, "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("mixed0/concat:0", run.Json.GetProperty("outputs")[0].GetString());
        run = CommandRun.Of("export", "--model", graph, "--to", "frozen", "--takes", "image-file", "--output", Path.Combine(sample.Folder, "never.pb"));
        Assert.Equal(1, run.Code);
        Assert.Contains("--preprocess", run.Error, StringComparison.Ordinal);
        run = CommandRun.Of("export", "--model", graph, "--to", "frozen", "--takes", "image-file", "--preprocess", "zero-one", "--output", Path.Combine(sample.Folder, "files.pb"));
        Assert.True(run.Code == 0, run.Error);
    }

    [Fact]
    public void Help_shows_examples()
    {
        var run = CommandRun.Of("export", "--help");
        Assert.Equal(0, run.Code);
        Assert.Contains("mltransfer export --head flowers.head --to onnx", run.Output, StringComparison.Ordinal);
    }

    private static Tensor Pixels(string picture)
    {
        var preprocessing = Features.Backbones.BackboneCatalog.Load().Backbones[0].Preprocessing!;
        var pixels = new float[preprocessing.OutputLength];
        preprocessing.Apply(Datasets.Images.PhotoReader.Read(File.ReadAllBytes(picture), preprocessing.ReadOptions), pixels);
        return Tensor.From(new TensorShape(1, preprocessing.Height, preprocessing.Width, 3), pixels);
    }

    private static byte[] Bytes(Tensor tensor) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.AsSpan<float>()).ToArray();

    private static float[] Floats(PeerTensor tensor) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray();

    /// <summary>The features differ by up to 1e-5 between engines, the probabilities by not much more.</summary>
    private static void AssertNear(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    private (string Picture, float[] Probabilities) Predicted()
    {
        var picture = Directory.EnumerateFiles(Path.Combine(sample.Images, "bag")).Order(StringComparer.Ordinal).First();
        var run = CommandRun.Of("predict", "--head", sample.Head, picture, "--top", "3", "--json");
        return (picture, [.. run.Json.GetProperty("predictions")[0].GetProperty("labels").EnumerateArray()
            .OrderBy(label => label.GetProperty("label").GetString(), StringComparer.Ordinal).Select(label => label.GetProperty("probability").GetSingle())]);
    }
}
