using System.Diagnostics;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Tests.Engines.Managed.Nets;
using MlTransfer.Goldens.Peers;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Graphs.Onnx;

/// <summary>Every network of golden/nets, written as ONNX and run by ONNX Runtime, against what TensorFlow gave.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/nets (as ONNX)")]
public class OnnxNetTests(ITestOutputHelper log)
{
    public static TheoryData<string> Cases => [.. GoldenNet.Names.DefaultIfEmpty("(none)")];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void ExportedNet_GivesTensorFlowsValues(string name)
    {
        Skip.If(GoldenNet.Names.Count == 0, "golden/nets is not here: set MLTRANSFER_SHARED");
        Skip.If(OnnxRuntime.WhyMissing is not null, OnnxRuntime.WhyMissing);
        var net = new GoldenNet(name);
        var golden = net.Cases[0];
        var fetches = GoldenNet.Fetches(golden);
        using var runtime = new OnnxRuntime();
        var clock = Stopwatch.StartNew();
        OnnxExport.Write(Path.Combine(runtime.Folder, "net.onnx"), net.ReadGraph(), [GoldenNet.Feed(golden)], fetches);
        log.WriteLine($"{name}: written in {clock.Elapsed.TotalSeconds:F1} s, {new FileInfo(Path.Combine(runtime.Folder, "net.onnx")).Length / 1e6:F1} MB");
        runtime.Add("net.onnx", new Dictionary<string, PeerTensor> { [OnnxName(GoldenNet.Feed(golden))] = PeerTensors.ToPeer(net.ReadInput(golden)) });
        var (outputs, error) = runtime.Run()[0];
        Assert.Null(error);
        Assert.Empty(net.Compare(golden, fetches.ToDictionary(fetch => fetch, fetch => PeerTensors.FromPeer(outputs![OnnxName(fetch)]))));
    }

    private static string OnnxName(string tensor) => tensor.EndsWith(":0", StringComparison.Ordinal) ? tensor[..^2] : tensor;
}
