using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Graphs.Onnx;
using MlTransfer.Goldens.Peers;

namespace MlTransfer.Features.Tests.Graphs.Exports;

/// <summary>Networks put together at random give in other programs what this library's plain kernels give.</summary>
public class RandomNetTests
{
    private const int Nets = 40;

    [SkippableFact]
    public void Onnx_runtime_gives_what_the_plain_kernels_give()
    {
        Skip.If(OnnxRuntime.WhyMissing is not null, OnnxRuntime.WhyMissing);
        using var runtime = new OnnxRuntime();
        Compare(runtime, ExportFormat.Onnx, forLayers: false);
    }

    [SkippableTheory]
    [InlineData(ExportFormat.TensorFlowJsLayers)]
    [InlineData(ExportFormat.TensorFlowJsGraph)]
    public void TensorFlow_js_gives_what_the_plain_kernels_give(ExportFormat format)
    {
        Skip.If(TensorFlowJsRuntime.WhyMissing is not null, TensorFlowJsRuntime.WhyMissing);
        using var runtime = new TensorFlowJsRuntime();
        Compare(runtime, format, forLayers: true);
    }

    private static void Compare(PeerRuntime runtime, ExportFormat format, bool forLayers)
    {
        var expected = new List<Tensor>();
        for (var seed = 0; seed < Nets; seed++)
        {
            var (model, images) = RandomNet.Make(seed, forLayers);
            using var session = new ReferenceEngine().Compile(model.Graph, model.Inputs, model.Outputs);
            expected.Add(session.Run([images])[0]);
            var name = format == ExportFormat.Onnx ? $"{seed}.onnx" : $"{seed}";
            model.Write(format, Path.Combine(runtime.Folder, name));
            runtime.Add(name, new Dictionary<string, PeerTensor> { ["images"] = PeerTensors.ToPeer(images) });
        }

        var faults = new List<string>();
        foreach (var (seed, (outputs, error)) in runtime.Run().Index())
        {
            if (outputs is null)
            {
                faults.Add($"seed {seed}: {error}");
                continue;
            }

            var found = PeerTensors.FromPeer(outputs["out"]);
            if (found.Shape != expected[seed].Shape)
            {
                faults.Add($"seed {seed}: shape {found.Shape}, wanted {expected[seed].Shape}");
                continue;
            }

            // Probabilities; float32 sums of up to some hundred products in another order.
            var worst = found.AsSpan<float>().ToArray().Zip(expected[seed].AsSpan<float>().ToArray(), (a, b) => Math.Abs(a - b)).Max();
            if (!(worst <= 1e-4f))
            {
                faults.Add($"seed {seed}: {worst} apart");
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }
}
