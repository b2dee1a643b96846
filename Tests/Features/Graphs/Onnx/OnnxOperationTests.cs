using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Tests.Engines.Managed.Operations;
using MlTransfer.Goldens.Peers;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Graphs.Onnx;

/// <summary>Every case of golden/ops that can be written as ONNX gives TensorFlow's values in ONNX Runtime; the others are refused by name.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/ops (as ONNX)")]
public class OnnxOperationTests(ITestOutputHelper log)
{
    [SkippableFact]
    public void ExportedOperations_GiveTensorFlowsValues()
    {
        Skip.If(GoldenOperation.Names.Count == 0, "golden/ops is not here: set MLTRANSFER_SHARED");
        Skip.If(OnnxRuntime.WhyMissing is not null, OnnxRuntime.WhyMissing);
        using var runtime = new OnnxRuntime();
        var written = new List<GoldenOperation>();
        var (refused, faults) = (new List<string>(), new List<string>());
        foreach (var name in GoldenOperation.Names)
        {
            var golden = GoldenOperation.Named(name);
            var model = $"{written.Count}.onnx";
            try
            {
                OnnxExport.Write(Path.Combine(runtime.Folder, model), GraphDefReader.Read(golden.GraphPath), golden.Feeds, golden.Fetches);
            }
            catch (Exception refusal) when (refusal is OperationException or GraphFormatException)
            {
    refused.Add($"{name}: {refusal.Message}");
                continue;
            }

            var feeds = golden.ReadFeeds();
            runtime.Add(model, golden.Feeds.Select((feed, i) => (feed, i)).ToDictionary(pair => OnnxName(pair.feed), pair => PeerTensors.ToPeer(feeds[pair.i])));
            written.Add(golden);
        }

        var (equal, notRun) = (0, new List<string>());
        foreach (var (golden, (outputs, error)) in written.Zip(runtime.Run()))
        {
            if (outputs is null)
            {
                (golden.MustFail || error!.Contains("NOT_IMPLEMENTED", StringComparison.Ordinal) || error.Contains("Could not find an implementation", StringComparison.Ordinal) ? notRun : faults).Add($"{golden.Name}: {error}");
                continue;
            }

            if (golden.ReadFeeds().Any(feed => feed.Count == 0))
            {
                notRun.Add($"{golden.Name}: of tensors without elements ONNX does not say what becomes");
                continue;
            }

            if (golden.MustFail)
            {
                // ONNX has no checks at run time; a graph that TensorFlow refuses only when it runs may run.
                notRun.Add($"{golden.Name}: runs, though TensorFlow refuses it");
                continue;
            }

            var expected = golden.ReadExpected();
            var wrong = golden.Fetches.Select((fetch, i) => GoldenArrays.Compare(PeerTensors.FromPeer(outputs[OnnxName(fetch)]), expected[i], golden.RelativeTolerance, golden.AbsoluteTolerance(i))).OfType<string>().ToList();
            if (wrong.Count == 0)
            {
                equal++;
            }
            else
            {
                faults.Add($"{golden.Name}: {string.Join("; ", wrong)}");
            }
        }

        log.WriteLine($"{equal} cases give TensorFlow's values in ONNX Runtime; {refused.Count} are refused; {notRun.Count} could not be compared");
        foreach (var line in notRun.Concat(refused))
        {
            log.WriteLine("  " + line);
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join("\n", faults)}");
        Assert.True(equal > refused.Count, "most cases should be written");
    }

    private static string OnnxName(string tensor) => tensor.EndsWith(":0", StringComparison.Ordinal) ? tensor[..^2] : tensor;
}
