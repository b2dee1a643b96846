using FsCheck.Xunit;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;

namespace MlTransfer.Features.Tests.Engines.Managed.Mixes;

/// <summary>Graphs that are no network anyone has drawn: random legal mixes of operations, compiled, against the plain kernels.</summary>
public class RandomMixTests
{
    /// <summary>How many more mixes to try, with seeds of their own; see the README's section on tests.</summary>
    internal const string MoreVariable = "MLTRANSFER_RANDOM_MIXES";

    /// <summary>
    /// Of the largest magnitude in a tensor. A node's own rounding is below 1e-5 of it; a dozen nodes in a row, of which a few cancel, stay below this,
    /// while a wrong pixel, channel or pad does not.
    /// </summary>
    private const double Tolerance = 5e-4;

    private const int MostFaults = 8;

    private static readonly LaneWidth[] s_widths = [LaneWidths.Best, .. LaneWidths.All];

    [Property(MaxTest = 60, StartSize = 20, EndSize = 120, Replay = "20261127,1000003")]
    public void Mix_GivesWhatThePlainKernelsGive(byte[] recipe) => Check(recipe);

    [Fact]
    public void Mixes_HoldEveryKindOfOperation()
    {
        var graphs = Enumerable.Range(0, 80).Select(seed =>
        {
            var recipe = new byte[100];
            new Random(seed).NextBytes(recipe);
            return MixedOperations.Grow(recipe);
        }).ToList();
        var operations = graphs.SelectMany(graph => graph.Build().Nodes).Select(node => node.Op).ToHashSet();
        string[] wanted =
        [
            "Conv2D", "DepthwiseConv2dNative", "MaxPool", "AvgPool", "FusedBatchNormV3", "BiasAdd", "Relu", "Relu6", "Softmax", "AddV2", "Mul", "Sub", "ConcatV2", "Pad", "Mean", "Max", "MatMul", "Reshape",
            "Shape", "Squeeze", "ExpandDims", "Transpose", "Split", "Slice", "StridedSlice", "ResizeBilinear", "Tile", "Cast", "SpaceToDepth", "Pack", "SelectV2", "Concat", "PadV2", "MirrorPad", "SplitV", "Unpack",
            "AddN", "BatchMatMulV2", "LRN", "LogSoftmax", "GatherV2", "SpaceToBatchND", "BatchToSpaceND", "ReverseV2", "RealDiv",
        ];
        Assert.All(wanted, op => Assert.Contains(op, operations));
        Assert.True(graphs.Average(graph => graph.Maps.Count) > 8 && graphs.Sum(graph => graph.Refused) > 20, "most mixes are too small to tell anything, or none holds anything that is not legal");
    }

    [SkippableFact]
    public void MoreMixes_GiveWhatThePlainKernelsGive()
    {
        Skip.IfNot(int.TryParse(Environment.GetEnvironmentVariable(MoreVariable), out var count), $"{MoreVariable} does not say how many");
        var seed = Environment.TickCount;
        var faults = new List<string>();
        for (var i = 0; i < count && faults.Count < MostFaults; i++)
        {
            var random = new Random(seed + i);
            var recipe = new byte[random.Next(10, 120)];
            random.NextBytes(recipe);
            if (FaultOf(recipe) is not null)
            {
                var shortest = Shrink(recipe);
                faults.Add($"recipe [{string.Join(", ", shortest)}]: {FaultOf(shortest)}");
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    /// <summary>Leaves out pieces, ever smaller ones, as long as the rest still fails.</summary>
    private static byte[] Shrink(byte[] recipe)
    {
        for (var piece = recipe.Length / 2; piece > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= recipe.Length; at += piece)
            {
                byte[] rest = [.. recipe[..at], .. recipe[(at + piece)..]];
                if (FaultOf(rest) is not null)
                {
                    (recipe, at) = (rest, at - piece);
                }
            }
        }

        return recipe;
    }

    private static string? FaultOf(byte[] recipe) => Record.Exception(() => Check(recipe))?.Message;

    private static void Check(byte[] recipe)
    {
        var mix = MixedOperations.Grow(recipe);
        var choose = new Recipe([.. recipe.Reverse()]);
        var graph = mix.Build();
        var middle = mix.Maps.Count > 3 && choose.Rarely(3) ? mix.Maps[mix.Maps.Count / 2] : null;
        string[] feeds = middle is null || mix.Inputs.Contains(middle) ? [.. mix.Inputs] : [.. mix.Inputs, middle];
        string[] fetches = [mix.Maps[^1], mix.Maps[choose.Next(mix.Maps.Count)], mix.Maps[choose.Next(mix.Maps.Count)], choose.Pick(mix.Maps[^1], mix.Inputs[0])];
        using var plain = new ReferenceEngine().Compile(graph, feeds, fetches);
        using var compiled = new ManagedEngine(choose.Pick(s_widths)).Compile(graph, feeds, fetches, new EngineOptions { Threads = 1 + choose.Next(3) });
        var grown = feeds.Select(mix.Value).ToArray();
        foreach (var values in new[] { grown, Resized(grown, 2, 9, 8), Resized(grown, 0, 7, 8), Resized(grown, 1, 5, 13), Resized(grown, 1, 1, 2), Resized(grown, 3, 2, 1), Resized(grown, 1, 16, 15), grown })
        {
            Compare(graph, plain, compiled, values, fetches);
        }
    }

    /// <summary>The same feeds for another batch, height and width.</summary>
    private static Tensor[] Resized(Tensor[] feeds, int batch, int height, int width) =>
    [
        .. feeds.Select((feed, i) =>
        {
            var shape = feed.Shape.Rank == 4 ? new TensorShape(batch, height, width, feed.Shape[3]) : feed.Shape;
            return Tensor.From(shape, KernelNumbers.Random(shape.Count, 50 + i));
        }),
    ];

    private static void Compare(Graph graph, IGraphSession plain, IGraphSession compiled, Tensor[] feeds, string[] fetches)
    {
        IReadOnlyList<Tensor> want, got = [];
        try
        {
            want = plain.Run(feeds);
        }
        catch (OperationException refusal)
        {
            var other = Record.Exception(() => compiled.Run(feeds));
            Assert.True(other is OperationException, $"the plain kernels say '{refusal.Message}', the compiled engine {other?.GetType().Name ?? "nothing"} {other?.Message}");
            return;
        }

        var fault = Record.Exception(() => got = compiled.Run(feeds));
        Assert.True(fault is null, $"the compiled engine refuses feeds {string.Join(", ", feeds.Select(feed => feed.Shape))} with {fault}\n{Describe(graph)}");
        for (var i = 0; i < fetches.Length; i++)
        {
            Assert.True(want[i].Shape == got[i].Shape, $"{fetches[i]} has shape {got[i].Shape}, wanted {want[i].Shape}; feeds {string.Join(", ", feeds.Select(feed => feed.Shape))}\n{Describe(graph)}");
            AssertNear(graph, fetches[i], want[i].AsSpan<float>(), got[i].AsSpan<float>());
        }
    }

    private static void AssertNear(Graph graph, string fetch, ReadOnlySpan<float> want, ReadOnlySpan<float> got)
    {
        var largest = 0f;
        foreach (var value in want)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        for (var i = 0; i < want.Length; i++)
        {
            // Fed with other numbers than it grew on, a mix may well overflow; then only that it does is compared.
            var isSame = want[i].Equals(got[i]) || Math.Abs((double)want[i] - got[i]) <= Tolerance * Math.Max(largest, 1e-3) || !float.IsFinite(largest);
            Assert.True(isSame, $"{fetch}[{i}] is {got[i]:R}, wanted {want[i]:R} (largest {largest:R})\n{Describe(graph)}");
        }
    }

    private static string Describe(Graph graph) => string.Join('\n', graph.Nodes.Select(node => $"{node.Name} = {node.Op}({string.Join(", ", node.Inputs)})"));
}
