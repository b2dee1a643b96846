using System.Diagnostics;
using MlTransfer.Features.Engines.Managed.Reference;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Engines.Managed.Nets;

/// <summary>The small networks of golden/nets through the plain kernels: that the reference operations compose.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/nets (reference engine)")]
public class ReferenceNetTests(ITestOutputHelper log)
{
    /// <summary>Plain loops take seconds for this much work; larger nets are left to the compiled engine.</summary>
    private const long MostWork = 4_000_000_000;

    public static TheoryData<string> Cases => [.. GoldenNet.Names.Where(name => new GoldenNet(name).WorkPerImage <= MostWork).DefaultIfEmpty("(none)")];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void SmallNet_GivesTensorFlowsValues(string name)
    {
        Skip.If(GoldenNet.Names.Count == 0, "golden/nets is not here: set MLTRANSFER_SHARED");
        Skip.If(name == "(none)", $"no net of golden/nets takes at most {MostWork} operations an image");
        var net = new GoldenNet(name);
        var golden = net.Cases[0];
        var fetches = GoldenNet.Fetches(golden);
        using var session = new ReferenceEngine().Compile(net.ReadGraph(), [GoldenNet.Feed(golden)], fetches);
        var watch = Stopwatch.StartNew();
        var results = session.Run([net.ReadInput(golden)]);
        log.WriteLine($"{name}: {watch.Elapsed.TotalSeconds:F1} s");
        Assert.Empty(net.Compare(golden, fetches.Zip(results).ToDictionary(pair => pair.First, pair => pair.Second)));
    }
}
