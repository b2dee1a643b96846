using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>Every case of golden/ops on every engine, against what TensorFlow gave.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/ops")]
public class GoldenOperationTests
{
    private static readonly IGraphEngine[] s_engines = [new ReferenceEngine(), new ManagedEngine()];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var engine in s_engines)
            {
                foreach (var name in GoldenOperation.Names.DefaultIfEmpty("(none)"))
                {
                    cases.Add(engine.Name, name);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Operation_GivesTensorFlowsValues(string engine, string name)
    {
        Skip.If(GoldenOperation.Names.Count == 0, "golden/ops is not here: set MLTRANSFER_SHARED");
        var golden = GoldenOperation.Named(name);
        IReadOnlyList<Tensor> outputs;
        try
        {
            outputs = Run(s_engines.Single(candidate => candidate.Name == engine), golden);
        }
        catch (Exception refusal) when (refusal is GraphFormatException or OperationException)
        {
            Skip.If(golden.MayRefuse && !golden.MustFail, $"optional, and refused: {refusal.Message}");
            Assert.True(golden.MustFail, $"refused: {refusal.Message}");
            Assert.NotEmpty(refusal.Message);
            return;
        }

        Assert.False(golden.MustFail, $"must be refused ({golden.Note}); got {string.Join(", ", outputs.Select(output => $"{output.Type} {output.Shape}"))}");
        var expected = golden.ReadExpected();
        Assert.Equal(expected.Length, outputs.Count);
        var faults = outputs.Select((output, i) => GoldenArrays.Compare(output, expected[i], golden.RelativeTolerance, golden.AbsoluteTolerance(i)) is { } fault ? $"output {i}: {fault}" : null);
        Assert.Empty(faults.OfType<string>());
    }

    private static IReadOnlyList<Tensor> Run(IGraphEngine engine, GoldenOperation golden)
    {
        var graph = GraphDefReader.Read(golden.GraphPath);
        using var session = engine.Compile(graph, golden.Feeds, golden.Fetches, new EngineOptions { Threads = 1 });
        return session.Run(golden.ReadFeeds());
    }
}
