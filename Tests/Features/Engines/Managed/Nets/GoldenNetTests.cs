using MlTransfer.Features.Engines.Managed;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Engines.Managed.Nets;

/// <summary>Every network of golden/nets through the compiled engine, against what TensorFlow gave.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/nets")]
public class GoldenNetTests(ITestOutputHelper log)
{
    public static TheoryData<string> Cases =>
        [.. (Environment.GetEnvironmentVariable(GoldenNet.ChosenVariable)?.Split(',') is { } chosen ? GoldenNet.Names.Where(chosen.Contains) : GoldenNet.Names).DefaultIfEmpty("(none)")];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Net_GivesTensorFlowsValues(string name)
    {
        Skip.If(GoldenNet.Names.Count == 0, "golden/nets is not here: set MLTRANSFER_SHARED");
        var net = new GoldenNet(name);
        var graph = net.ReadGraph();
        var faults = new List<string>();
        foreach (var golden in net.Cases)
        {
            var fetches = GoldenNet.Fetches(golden);
            using var session = new ManagedEngine().CompileManaged(graph, [GoldenNet.Feed(golden)], fetches);
            var results = session.Run([net.ReadInput(golden)]);
            faults.AddRange(net.Compare(golden, fetches.Zip(results).ToDictionary(pair => pair.First, pair => pair.Second)));
            log.WriteLine($"{name}, {GoldenNet.Feed(golden)}: {fetches.Length} tensors compared, {session.NativeBytes / 1e6:F0} MB native");
        }

        Assert.Empty(faults);
    }
}
