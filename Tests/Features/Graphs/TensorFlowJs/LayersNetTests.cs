using System.Diagnostics;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs.TensorFlowJs;
using MlTransfer.Features.Tests.Engines.Managed.Nets;
using MlTransfer.Features.Tests.Graphs.Onnx;
using MlTransfer.Goldens.Peers;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Graphs.TensorFlowJs;

/// <summary>The networks of golden/nets as TensorFlow.js layers: the smallest are run, against what TensorFlow gave; the others are written.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/nets (as TensorFlow.js layers)")]
public class LayersNetTests(ITestOutputHelper log)
{
    /// <summary>Plain JavaScript computes some hundred million additions and multiplications a second.</summary>
    private const long MostWork = 1_000_000_000;

    /// <summary>Writing half a gigabyte of weights shows nothing that a tenth of it does not.</summary>
    private const long MostParameters = 60_000_000;

    public static TheoryData<string> Cases => [.. GoldenNet.Names.DefaultIfEmpty("(none)")];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void ExportedNet_GivesTensorFlowsValues(string name)
    {
        Skip.If(GoldenNet.Names.Count == 0, "golden/nets is not here: set MLTRANSFER_SHARED");
        var net = new GoldenNet(name);
        Skip.If(net.Parameters > MostParameters, $"nets of more than {MostParameters} parameters are left to the test of ONNX");
        var golden = net.Cases[0];
        using var runtime = new TensorFlowJsRuntime();
        var folder = Path.Combine(runtime.Folder, "net");
        var fetches = GoldenNet.Fetches(golden);
        try
        {
            LayersModelExport.Write(folder, net.ReadGraph(), [GoldenNet.Feed(golden)], fetches);
        }
        catch (OperationException refusal)
        {
            Assert.Contains("node '", refusal.Message, StringComparison.Ordinal);
            Skip.If(true, $"refused: {refusal.Message}");
        }

        if (net.WorkPerImage > MostWork)
        {
            log.WriteLine($"{name}: written, not run: {net.WorkPerImage / 1e9:F1} G operations an image are too many for plain JavaScript");
            Assert.True(File.Exists(Path.Combine(folder, "model.json")));
            return;
        }

        Skip.If(TensorFlowJsRuntime.WhyMissing is not null, TensorFlowJsRuntime.WhyMissing);
        runtime.Add("net", new Dictionary<string, PeerTensor> { [Layer(GoldenNet.Feed(golden))] = PeerTensors.ToPeer(net.ReadInput(golden)) });
        var clock = Stopwatch.StartNew();
        var (outputs, error) = runtime.Run()[0];
        log.WriteLine($"{name}: {clock.Elapsed.TotalSeconds:F1} s");
        Assert.Null(error);
        Assert.Empty(net.Compare(golden, fetches.ToDictionary(fetch => fetch, fetch => PeerTensors.FromPeer(outputs![Layer(fetch)]))));
    }

    private static string Layer(string tensor) => (tensor.EndsWith(":0", StringComparison.Ordinal) ? tensor[..^2] : tensor).Replace('/', '_').Replace(':', '_');
}
