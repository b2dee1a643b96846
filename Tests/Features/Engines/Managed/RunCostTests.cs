using System.Diagnostics;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;
using MlTransfer.Features.Tests.Graphs;

namespace MlTransfer.Features.Tests.Engines.Managed;

/// <summary>What a run costs besides its time: memory, and patience where it is cancelled.</summary>
public class RunCostTests
{
    /// <summary>Bookkeeping of a run, whatever the images: lists, a dictionary of feeds, the plan's key. The maps of the small net below take 100 times as much.</summary>
    private const long MostBookkeepingBytes = 16 * 1024;

    [Fact]
    public void Run_AllocatesNothingButItsResults()
    {
        using var session = new ManagedEngine().Compile(SmallNet.Make(), ["input"], ["out"], new EngineOptions { Threads = 1 });
        var input = Tensor.From(new TensorShape(4, 63, 63, 3), KernelNumbers.Random(4 * 63 * 63 * 3, 1));
        session.Run([input]);
        session.Run([input]);
        const int runs = 20;
        var before = GC.GetAllocatedBytesForCurrentThread();
        long results = 0;
        for (var i = 0; i < runs; i++)
        {
            results += session.Run([input])[0].Bytes;
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before - results) / runs;
        Assert.InRange(bytes, 0, MostBookkeepingBytes);
    }

    [Fact]
    public void NativeMemory_StaysAsItIsOverManyRunsAndShapes()
    {
        using var session = new ManagedEngine().CompileManaged(SmallNet.Make(), ["input"], ["out"], new EngineOptions { Threads = 2 });
        long after = 0;
        for (var round = 0; round < 100; round++)
        {
            var shape = new TensorShape(1 + (round % 4), 20 + (round % 9), 23, 3);
            session.Run([Tensor.Zeros(DataType.Float32, shape)]);
            if (round == 50)
            {
                after = session.NativeBytes;
            }
        }

        Assert.Equal(after, session.NativeBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cancelled_InTheMiddleOfABatch_ReturnsWithinASecond(int threads)
    {
        using var session = new ManagedEngine().Compile(Large(), ["input"], ["out"], new EngineOptions { Threads = threads });
        session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(1, 28, 28, Channels))]);
        var input = Tensor.Zeros(DataType.Float32, new TensorShape(8, 112, 112, Channels));
        var waits = new List<double>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var source = new CancellationTokenSource();
            long cancelled = 0;

            // A thread of its own: where other tests keep the pool and the test runner's context busy, a continuation comes after the run has ended.
            var canceller = new Thread(() =>
            {
                Thread.Sleep(400);
                Volatile.Write(ref cancelled, Stopwatch.GetTimestamp());
                source.Cancel();
            });
            canceller.Start();
            try
            {
                // Had the run ended by itself, it would throw nothing and the test would fail: it takes many seconds.
                Assert.ThrowsAny<OperationCanceledException>(() => session.Run([input], source.Token));
                waits.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref cancelled)).TotalSeconds);
            }
            finally
            {
                canceller.Join();
            }
        }

        // The least of three: a busy machine may keep any one of them waiting.
        Assert.InRange(waits.Min(), 0, 1);
        Assert.Equal(new TensorShape(1, 28, 28, Channels), session.Run([Tensor.Zeros(DataType.Float32, new TensorShape(1, 28, 28, Channels))])[0].Shape);
    }

    private const int Channels = 256;

    /// <summary>Convolutions of 59 thousand million multiply-adds each for eight maps of 112 × 112: many seconds in all, in one step each.</summary>
    private static Graph Large()
    {
        var builder = new GraphBuilder().Placeholder("input", DataType.Float32, -1, -1, -1, Channels)
            .Const("filter", Tensor.From(new TensorShape(3, 3, Channels, Channels), KernelNumbers.Random(9 * Channels * Channels, 1)));
        var last = "input";
        for (var layer = 0; layer < 24; layer++)
        {
            var name = layer == 23 ? "out" : $"layer{layer}";
            builder.Node(
                name,
                "Conv2D",
                [last, "filter"],
                ("T", AttributeValue.Of(DataType.Float32)),
                ("strides", AttributeValue.Of([.. Enumerable.Repeat(AttributeValue.Of(1L), 4)])),
                ("padding", AttributeValue.Of("SAME")));
            last = name;
        }

        return builder.Build();
    }
}
