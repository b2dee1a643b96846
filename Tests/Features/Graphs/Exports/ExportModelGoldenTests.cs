using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs.Onnx;
using MlTransfer.Goldens.Peers;

namespace MlTransfer.Features.Tests.Graphs.Exports;

/// <summary>The small network of golden/formats/1_models, written in every format and run by what reads it, against what TensorFlow gave.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/1_models/frozen_graphdef (exported)")]
public sealed class ExportModelGoldenTests : IDisposable
{
    /// <summary>Features are up to about 3; float32 sums of some hundred products differ by some 1e-6.</summary>
    private const float Tolerance = 2e-5f;

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var file in TinyNet.Files.DefaultIfEmpty("(none)"))
            {
                cases.Add(file, false);
                cases.Add(file, true);
            }

            return cases;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void TensorFlows_own_formats_are_read_back(string file, bool withFeatures)
    {
        SkipIfAbsent();
        var model = TinyNet.Read(file, withFeatures);
        var frozen = Path.Combine(_folder, "net.pb");
        Assert.Equal([frozen], model.Write(ExportFormat.FrozenGraph, frozen));
        AssertNear(model, GraphDefReader.Read(frozen), withFeatures);
        model.Write(ExportFormat.SavedModel, Path.Combine(_folder, "saved"));
        var saved = SavedModelReader.Read(Path.Combine(_folder, "saved"));
        Assert.Equal(model.Outputs.Order(StringComparer.Ordinal), saved.Signatures[ModelSignature.ServingName].Outputs.Values.Select(output => output.Tensor).Order(StringComparer.Ordinal));
        AssertNear(model, saved.Graph, withFeatures);
        AssertNear(model, GraphFile.Read(Path.Combine(_folder, "saved")), withFeatures);
    }

    [SkippableFact]
    public void Onnx_runtime_gives_the_same()
    {
        SkipIfAbsent();
        Skip.If(OnnxRuntime.WhyMissing is not null, OnnxRuntime.WhyMissing);
        using var runtime = new OnnxRuntime();
        RunAll(runtime, ExportFormat.Onnx, ".onnx", [ExportWeights.Float, ExportWeights.UInt8]);
    }

    [SkippableTheory]
    [InlineData(ExportFormat.TensorFlowJsLayers)]
    [InlineData(ExportFormat.TensorFlowJsGraph)]
    public void TensorFlow_js_gives_the_same(ExportFormat format)
    {
        SkipIfAbsent();
        Skip.If(TensorFlowJsRuntime.WhyMissing is not null, TensorFlowJsRuntime.WhyMissing);
        using var runtime = new TensorFlowJsRuntime();
        RunAll(runtime, format, string.Empty, [ExportWeights.Float]);
    }

    private static void SkipIfAbsent() => Skip.If(TinyNet.Files.Count == 0, "golden/formats/1_models/frozen_graphdef is not here: set MLTRANSFER_SHARED");

    /// <summary>Writes every graph in every way, runs all in one process.</summary>
    private static void RunAll(PeerRuntime runtime, ExportFormat format, string extension, ExportWeights[] weights)
    {
        var models = new List<(ExportModel Model, bool WithFeatures)>();
        foreach (var file in TinyNet.Files)
        {
            foreach (var (withFeatures, kept) in weights.SelectMany(kept => new[] { (true, kept), (false, kept) }))
            {
                var name = $"{models.Count}{extension}";
                var model = TinyNet.Read(file, withFeatures);
                model.Write(format, Path.Combine(runtime.Folder, name), kept);
                runtime.Add(name, new Dictionary<string, PeerTensor> { [NameOf(model.Inputs[0])] = PeerTensors.ToPeer(TinyNet.Images()) });
                models.Add((model, withFeatures));
            }
        }

        foreach (var ((model, withFeatures), (outputs, error)) in models.Zip(runtime.Run()))
        {
            Assert.Null(error);
            var expected = TinyNet.Expected(withFeatures);
            for (var i = 0; i < expected.Length; i++)
            {
                var name = NameOf(model.Outputs[i]);
                AssertNear(expected[i], PeerTensors.FromPeer(outputs!.TryGetValue(name, out var output) ? output : outputs[name.Replace('/', '_')]));
            }
        }
    }

    private static void AssertNear(ExportModel model, Graph graph, bool withFeatures)
    {
        using var session = new ManagedEngine().Compile(graph, model.Inputs, model.Outputs);
        foreach (var (expected, found) in TinyNet.Expected(withFeatures).Zip(session.Run([TinyNet.Images()])))
        {
            AssertNear(expected, found);
        }
    }

    private static void AssertNear(float[] expected, Tensor found)
    {
        Assert.Equal(expected.Length, found.Count);
        Assert.All(expected.Zip(found.AsSpan<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    private static string NameOf(string tensor) => tensor.EndsWith(":0", StringComparison.Ordinal) ? tensor[..^2] : tensor;
}
