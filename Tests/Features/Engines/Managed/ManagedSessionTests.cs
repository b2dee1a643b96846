using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;

namespace MlTransfer.Features.Tests.Engines.Managed;

public class ManagedSessionTests
{
    private static readonly string[] s_fetches = ["out", "block", "stem"];

    [Fact]
    public void Results_AreTheSameBitsForAnyThreadsBatchAndNeighbours()
    {
        const int size = 31;
        var graph = SmallNet.Make();
        var images = Enumerable.Range(0, 5).Select(i => KernelNumbers.Random(size * size * 3, 100 + i)).ToArray();
        float[][]? want = null;
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var session = new ManagedEngine().Compile(graph, ["input"], s_fetches, new EngineOptions { Threads = threads });
            foreach (var batch in new[] { new[] { 0 }, [1, 0], [4, 3, 0, 2, 1], [0, 0, 0] })
            {
                var input = Tensor.From(new TensorShape(batch.Length, size, size, 3), batch.SelectMany(i => images[i]).ToArray());
                var results = session.Run([input]);
                var place = Array.IndexOf(batch, 0);
                var got = results.Select(result => result.AsSpan<float>().Slice(place * (result.Count / batch.Length), result.Count / batch.Length).ToArray()).ToArray();
                want ??= got;
                for (var i = 0; i < want.Length; i++)
                {
                    Assert.Equal(want[i].Select(BitConverter.SingleToInt32Bits), got[i].Select(BitConverter.SingleToInt32Bits));
                }
            }
        }
    }

    [Fact]
    public void Int8_IsNearSinglePrecision_IndependentOfThreadsAndNeighbours_AndNeverTheDefault()
    {
        const int size = 31;
        var graph = SmallNet.Make();
        var images = Enumerable.Range(0, 3).Select(i => KernelNumbers.Random(size * size * 3, 200 + i)).ToArray();
        var batch = Tensor.From(new TensorShape(3, size, size, 3), images.SelectMany(image => image).ToArray());
        using var exact = new ManagedEngine().CompileManaged(graph, ["input"], s_fetches);
        using var rounded = new ManagedEngine().CompileManaged(graph, ["input"], s_fetches, new EngineOptions { Precision = Precision.Int8, Threads = 2 });
        using var alone = new ManagedEngine().CompileManaged(graph, ["input"], s_fetches, new EngineOptions { Precision = Precision.Int8, Threads = 1 });
        Assert.Contains(rounded.Profile([batch], 1), step => step.Kernel.StartsWith("int8", StringComparison.Ordinal));
        Assert.DoesNotContain(exact.Profile([batch], 1), step => step.Kernel.StartsWith("int8", StringComparison.Ordinal));
        var together = rounded.Run([batch]);
        foreach (var (want, got) in exact.Run([batch]).Zip(together))
        {
            var scale = want.AsSpan<float>().ToArray().Max(Math.Abs);
            Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - (0.05f * scale), pair.First + (0.05f * scale)));
        }

        var single = alone.Run([Tensor.From(new TensorShape(1, size, size, 3), images[1])]);
        foreach (var (want, got) in single.Zip(together))
        {
            Assert.Equal(want.AsSpan<float>().ToArray(), got.AsSpan<float>().Slice(want.Count, want.Count).ToArray());
        }
    }

    [Fact]
    public void LargeBatches_RunImageByImageWhereMapsAreLarge_WithTheSameBits()
    {
        const int size = 63;
        const int images = 96;
        var pixels = KernelNumbers.Random(images * size * size * 3, 11);
        using var session = new ManagedEngine().CompileManaged(SmallNet.Make(), ["input"], s_fetches, new EngineOptions { Threads = 2 });
        var input = Tensor.From(new TensorShape(images, size, size, 3), pixels);
        var together = session.Run([input]);
        var profile = session.Profile([input], 1);
        Assert.Contains(profile, step => step.Shape.StartsWith("[2,", StringComparison.Ordinal));
        Assert.Contains(profile, step => step.Shape.StartsWith($"[{images},", StringComparison.Ordinal));
        foreach (var image in new[] { 0, 1, 50, images - 1 })
        {
            var alone = session.Run([Tensor.From(new TensorShape(1, size, size, 3), pixels.AsSpan(image * size * size * 3, size * size * 3).ToArray())]);
            foreach (var (want, got) in alone.Zip(together))
            {
                Assert.Equal(want.AsSpan<float>().ToArray(), got.AsSpan<float>().Slice(image * want.Count, want.Count).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void EveryRegisterWidth_AgreesWithThePlainKernels(int width)
    {
        var graph = SmallNet.Make();
        var input = Tensor.From(new TensorShape(2, 17, 23, 3), KernelNumbers.Random(2 * 17 * 23 * 3, 7));
        using var plain = new ReferenceEngine().Compile(graph, ["input"], s_fetches);
        using var compiled = new ManagedEngine((Features.Engines.Managed.Kernels.Lanes.LaneWidth)width).Compile(graph, ["input"], s_fetches);
        foreach (var (want, got) in plain.Run([input]).Zip(compiled.Run([input])))
        {
            Assert.Equal(want.Shape, got.Shape);
            Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - 1e-4f, pair.First + 1e-4f));
        }
    }

    [Theory]
    [InlineData(DataType.QUInt8)]
    [InlineData(DataType.QInt8)]
    public void WeightsStoredAsBytes_AgreeWithThePlainKernels(DataType type)
    {
        var graph = SmallNet.Make(type);
        Assert.Contains(graph.Nodes, node => node.Op == "Dequantize");
        using var plain = new ReferenceEngine().Compile(graph, ["input"], s_fetches);
        using var compiled = new ManagedEngine().Compile(graph, ["input"], s_fetches);

        // Maps so small that the convolution is done directly, then ones for which its weights are transformed.
        foreach (var size in new[] { 9, 31 })
        {
            var input = Tensor.From(new TensorShape(1, size, size, 3), KernelNumbers.Random(size * size * 3, 7));
            foreach (var (want, got) in plain.Run([input]).Zip(compiled.Run([input])))
            {
                Assert.Equal(want.Shape, got.Shape);
                Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - 1e-4f, pair.First + 1e-4f));
            }
        }
    }

    [Fact]
    public void Filters_AreFilledThoughThePlanThatAskedForThemFailed()
    {
        // The convolution of "second" comes last and refuses its channels, after all other filters were asked for.
        var net = SmallNet.Make();
        var second = new GraphNode("second", "Placeholder", [], net.Nodes.Single(node => node.Name == "input").Attributes);
        var late = new GraphNode(
            "late", "Conv2D", [NodeInput.Parse("second"), NodeInput.Parse("left_filter"), NodeInput.Parse("^out")], net.Nodes.Single(node => node.Name == "left").Attributes);
        var graph = new Graph([.. net.Nodes, second, late], [], 1000, "small net and a second input");
        string[] feeds = ["input", "second"], fetches = ["out", "late"];
        using var plain = new ReferenceEngine().Compile(graph, feeds, fetches);
        using var compiled = new ManagedEngine().Compile(graph, feeds, fetches);

        var input = Tensor.From(new TensorShape(1, 15, 15, 3), KernelNumbers.Random(15 * 15 * 3, 7));
        Assert.ThrowsAny<Exception>(() => compiled.Run([input, Tensor.Zeros(DataType.Float32, new TensorShape(1, 9, 9, 19))]));
        var right = Tensor.From(new TensorShape(1, 9, 9, 20), KernelNumbers.Random(9 * 9 * 20, 8));
        foreach (var (want, got) in plain.Run([input, right]).Zip(compiled.Run([input, right])))
        {
            Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - 1e-4f, pair.First + 1e-4f));
        }
    }

    [Fact]
    public void Shapes_MayChangeFromRunToRun()
    {
        var graph = SmallNet.Make();
        using var plain = new ReferenceEngine().Compile(graph, ["input"], s_fetches);
        using var compiled = new ManagedEngine().Compile(graph, ["input"], s_fetches);
        for (var i = 0; i < 24; i++)
        {
            var shape = new TensorShape((i % 3) + 1, 9 + (i % 11), 20 - (i % 7), 3);
            var input = Tensor.From(shape, KernelNumbers.Random(shape.Count, i));
            foreach (var (want, got) in plain.Run([input]).Zip(compiled.Run([input])))
            {
                Assert.Equal(want.Shape, got.Shape);
                Assert.All(want.AsSpan<float>().ToArray().Zip(got.AsSpan<float>().ToArray()), pair => Assert.InRange(pair.Second, pair.First - 1e-4f, pair.First + 1e-4f));
            }
        }
    }

    [Fact]
    public void Results_AreTheCallersToChange()
    {
        var graph = SmallNet.Make();
        var input = Tensor.From(new TensorShape(1, 9, 9, 3), KernelNumbers.Random(243, 1));
        using var session = new ManagedEngine().Compile(graph, ["input"], ["out", "bias"]);
        var first = session.Run([input]).Select(result => result.AsSpan<float>().ToArray()).ToArray();
        foreach (var result in session.Run([input]))
        {
            result.AsSpan<float>().Fill(float.NaN);
        }

        Assert.Equal(first, session.Run([input]).Select(result => result.AsSpan<float>().ToArray()));
    }

    [Fact]
    public void Cancelled_Throws()
    {
        using var session = new ManagedEngine().Compile(SmallNet.Make(), ["input"], s_fetches);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(1, 9, 9, 3))], source.Token));
    }

    [Fact]
    public void Disposed_RefusesToRun()
    {
        var session = new ManagedEngine().Compile(SmallNet.Make(), ["input"], s_fetches);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(1, 9, 9, 3))]));
    }

    [Fact]
    public void ManyThreads_MayShareASession()
    {
        var input = Tensor.From(new TensorShape(1, 15, 15, 3), KernelNumbers.Random(675, 1));
        using var session = new ManagedEngine().Compile(SmallNet.Make(), ["input"], ["out"], new EngineOptions { Threads = 2 });
        var want = session.Run([input])[0].AsSpan<float>().ToArray();
        Parallel.For(0, 16, _ => Assert.Equal(want, session.Run([input])[0].AsSpan<float>().ToArray()));
    }

    [Fact]
    public void Profile_NamesStepsAndKernels()
    {
        using var session = new ManagedEngine().CompileManaged(SmallNet.Make(), ["input"], ["out"]);
        var steps = session.Profile([Tensor.Zeros(DataType.Float32, new TensorShape(1, 31, 31, 3))], 2);
        Assert.Contains(steps, step => step.Node == "stem_conv" && step.Kernel.StartsWith("indirect", StringComparison.Ordinal) && step.Operations > 0);
        Assert.DoesNotContain(steps, step => step.Kernel.StartsWith("plain", StringComparison.Ordinal));
        Assert.True(session.NativeBytes > 0);
    }
}
