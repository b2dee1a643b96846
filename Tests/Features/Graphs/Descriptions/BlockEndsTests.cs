using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Goldens;

namespace MlTransfer.Features.Tests.Graphs.Descriptions;

public sealed class BlockEndsTests
{
    public static TheoryData<string> Nets => GoldenDescriptionTests.Nets;

    [Fact]
    public void The_blocks_of_the_bundled_graph_end_in_its_concatenations()
    {
        var ends = BlockEnds.Before(GraphDefReader.Read(Path.Combine(GoldenFolder.Repository, "Models", "inception_v3_nsfwjs.pb")), "bottleneck:0");
        string[] blocks = [.. Enumerable.Range(0, 11).Select(number => $"mixed{number}/concat:0")];
        Assert.Equal(blocks, ends.Where(blocks.Contains));

        // Beside them the parts of the last blocks and the poolings of the stem; no pooling inside a block.
        Assert.InRange(ends.Count, 13, 18);
    }

    [Fact]
    public void A_block_with_a_shortcut_ends_after_its_activation_and_pooled_branches_are_no_ends()
    {
        var graph = new GraphBuilder().Placeholder("images", MlTransfer.Features.Tensors.DataType.Float32, -1, 8, 8, 4)
            .Float("pool", "MaxPool", "images").Float("branch", "Relu", "pool").Float("sum", "AddV2", "pool", "branch").Float("active", "Relu", "sum")
            .Float("small", "MaxPool", "active").Float("wide", "Elu", "active").Float("join", "ConcatV2", "small", "wide").Float("mean", "Identity", "join").Build();
        Assert.Equal(["pool:0", "active:0", "join:0"], BlockEnds.Before(graph, "mean:0"));
        Assert.Contains("'nothing'", Assert.Throws<ArgumentException>(() => BlockEnds.Before(graph, "nothing:0")).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Nets))]
    [Trait("Category", "Golden")]
    [Trait("Golden", "golden/nets (block ends)")]
    public void Every_net_has_ends_of_blocks_before_its_features(string net)
    {
        Skip.IfNot(GoldenFolder.Index("golden", "nets", net, "manifest.json") is not null, "golden/nets is not here: set MLTRANSFER_SHARED");
        var graph = GraphDefReader.Read(GoldenFolder.At("golden", "nets", net, "graph.pb"));
        var ends = BlockEnds.Before(graph, GraphDescription.Of(graph).SuggestedBottleneck!);
        Assert.InRange(ends.Count, 2, 64);
        Assert.Equal(ends.Count, ends.Distinct().Count());
        Assert.All(ends, end => Assert.True(graph.TryGetNode(NodeInput.Parse(end).Node, out _)));
    }
}
