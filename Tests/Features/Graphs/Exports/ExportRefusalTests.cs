using System.Runtime.InteropServices;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Graphs.TensorFlowJs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs.Onnx;
using MlTransfer.Goldens.Peers;

namespace MlTransfer.Features.Tests.Graphs.Exports;

/// <summary>What a format can not express is refused by the node's name, and nothing is written; what it rounds stays within its bound.</summary>
public sealed class ExportRefusalTests : IDisposable
{
    private static readonly (string, AttributeValue)[] s_float = [("T", AttributeValue.Of(DataType.Float32))];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ExportFormat.Onnx, "Atan2")]
    [InlineData(ExportFormat.TensorFlowJsLayers, "Erf")]
    [InlineData(ExportFormat.TensorFlowJsGraph, "Softsign")]
    public void An_operation_without_counterpart_is_named(ExportFormat format, string op)
    {
        var graph = new GraphAssembly();
        var x = graph.Placeholder("x", DataType.Float32, new PartialShape([-1, 4]));
        graph.Add("strange", op, op == "Atan2" ? [x, x] : [x], s_float);
        var fault = Assert.Throws<OperationException>(() => Model(graph, "strange").Write(format, Path.Combine(_folder, "out")));
        Assert.Contains($"node 'strange' ({op}) can not be written as", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(ExportFormat.Onnx)]
    [InlineData(ExportFormat.TensorFlowJsLayers)]
    [InlineData(ExportFormat.TensorFlowJsGraph)]
    public void Image_files_are_left_to_the_caller(ExportFormat format)
    {
        var graph = new GraphAssembly();
        graph.Add("image", "DecodeJpeg", [graph.Placeholder("x", DataType.String, new PartialShape([]))], ("channels", AttributeValue.Of(3L)));
        Assert.Contains("image files", Assert.Throws<OperationException>(() => Model(graph, "image").Write(format, Path.Combine(_folder, "out"))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Eight_bit_weights_are_not_for_TensorFlows_formats()
    {
        var graph = new GraphAssembly();
        graph.Add("y", "Relu", [graph.Placeholder("x", DataType.Float32, new PartialShape([-1, 4]))], s_float);
        Assert.Throws<NotSupportedException>(() => Model(graph, "y").Write(ExportFormat.FrozenGraph, Path.Combine(_folder, "out"), ExportWeights.UInt8));
    }

    [Fact]
    public void Layers_that_would_mix_images_are_refused()
    {
        var graph = new GraphAssembly();
        var x = graph.Placeholder("x", DataType.Float32, new PartialShape([-1, 4]));
        var shape = graph.Constant("shape", Tensor.From(new TensorShape(2), new[] { -1, 2 }));
        graph.Add("halves", "Reshape", [x, shape], [.. s_float, ("Tshape", AttributeValue.Of(DataType.Int32))]);
        var fault = Assert.Throws<OperationException>(() => LayersModelExport.Write(Path.Combine(_folder, "out"), graph.ToGraph(1000, "net"), ["x:0"], ["halves:0"]));
        Assert.Contains("'halves' (Reshape)", fault.Message, StringComparison.Ordinal);
        Assert.Contains("tfjs-graph", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_lie_beside_a_file_and_inside_a_folder()
    {
        var graph = new GraphAssembly();
        graph.Add("y", "Softmax", [graph.Placeholder("x", DataType.Float32, new PartialShape([-1, 2]))], s_float);
        var model = Model(graph, "y") with { Labels = ["cat", "Hund – groß"] };
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var isFile = format is ExportFormat.FrozenGraph or ExportFormat.Onnx;
            var path = Path.Combine(_folder, format.ToString(), "net");
            var files = model.Write(format, path);
            Assert.All(files, file => Assert.True(File.Exists(file)));
            Assert.Equal(model.Labels, File.ReadAllLines(Path.Combine(isFile ? Path.GetDirectoryName(path)! : path, ExportModel.LabelsFileName)));
        }
    }

    /// <summary>Float weights rounded to 256 levels a channel change a product by at most half a step for each input.</summary>
    [SkippableTheory]
    [InlineData(ExportFormat.Onnx)]
    [InlineData(ExportFormat.TensorFlowJsLayers)]
    [InlineData(ExportFormat.TensorFlowJsGraph)]
    public void Rounded_weights_stay_within_their_bound(ExportFormat format)
    {
        const int Inputs = 600;
        const int Units = 120;
        var random = new Random(5);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        var (weights, x) = (Numbers(Inputs * Units), Numbers(2 * Inputs));
        var graph = new GraphAssembly();
        var input = graph.Placeholder("x", DataType.Float32, new PartialShape([-1, Inputs]));
        graph.Add("y", "MatMul", [input, graph.Constant("w", Tensor.From(new TensorShape(Inputs, Units), weights))], s_float);
        using PeerRuntime runtime = format == ExportFormat.Onnx ? new OnnxRuntime() : new TensorFlowJsRuntime();
        var missing = format == ExportFormat.Onnx ? OnnxRuntime.WhyMissing : TensorFlowJsRuntime.WhyMissing;
        Skip.If(missing is not null, missing);
        var path = Path.Combine(runtime.Folder, "net");
        var bytes = Model(graph, "y").Write(format, path, ExportWeights.UInt8).Sum(file => new FileInfo(file).Length);
        Assert.InRange(bytes, Inputs * Units, (Inputs * Units) + 8_000);
        runtime.Add("net", new Dictionary<string, PeerTensor> { ["x"] = new("float32", [2, Inputs], MemoryMarshal.AsBytes<float>(x).ToArray()) });
        var (outputs, error) = runtime.Run()[0];
        Assert.Null(error);
        var found = PeerTensors.FromPeer(outputs!["y"]).AsSpan<float>();
        var moved = 0.0;
        for (var i = 0; i < 2 * Units; i++)
        {
            var (sum, magnitude) = (0.0, 0.0);
            for (var k = 0; k < Inputs; k++)
            {
                var value = x[((i / Units) * Inputs) + k];
                sum += (double)value * weights[(k * Units) + (i % Units)];
                magnitude += Math.Abs(value);
            }

            // Weights lie between −1 and 1, so a step is at most 2 / 255.
            Assert.InRange(found[i], sum - (magnitude / 255) - 1e-4, sum + (magnitude / 255) + 1e-4);
            moved = Math.Max(moved, Math.Abs(found[i] - sum));
        }

        Assert.True(moved > 1e-4, "the weights were not rounded");
    }

    [Fact]
    public void Inspecting_tells_what_was_written()
    {
        var graph = new GraphAssembly();
        graph.Add("y", "Relu", [graph.Placeholder("x", DataType.Float32, new PartialShape([-1, 4]))], s_float);
        var model = Model(graph, "y");
        model.Write(ExportFormat.Onnx, Path.Combine(_folder, "net.onnx"));
        var onnx = OnnxDescription.Read(Path.Combine(_folder, "net.onnx"));
        Assert.Equal(17, onnx.OperatorSet);
        Assert.Equal(["x float [N,4]"], onnx.Inputs);
        Assert.Equal(["Relu"], onnx.Operations.Keys);
        model.Write(ExportFormat.TensorFlowJsLayers, Path.Combine(_folder, "web"));
        Assert.Equal(["x"], WebModelDescription.Read(Path.Combine(_folder, "web")).Inputs);
        File.WriteAllText(Path.Combine(_folder, "broken.onnx"), "not a model");
        Assert.StartsWith(_folder, Assert.Throws<GraphFormatException>(() => OnnxDescription.Read(Path.Combine(_folder, "broken.onnx"))).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "model.json"), """{"modelTopology": 3}""");
        Assert.StartsWith(_folder, Assert.Throws<GraphFormatException>(() => WebModelDescription.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private static ExportModel Model(GraphAssembly graph, string output) => new() { Graph = graph.ToGraph(1000, "net"), Inputs = ["x:0"], Outputs = [output + ":0"] };
}
