using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Tests.Engines.Managed.Threading;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_DoesEachItemOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (var round = 0; round < 300; round++)
        {
            var work = new Counting(round % 7 * 5);
            pool.Run(work, CancellationToken.None);
            Assert.All(work.Counts, count => Assert.Equal(1, count));

            // Long enough for workers to fall asleep in some rounds and not in others.
            if (round % 50 == 0)
            {
                Thread.Sleep(20);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_StopsWhenCancelled(int threads)
    {
        using var pool = new WorkerPool(threads);
        using var source = new CancellationTokenSource();
        var work = new Cancelling(source);
        Assert.ThrowsAny<OperationCanceledException>(() => pool.Run(work, source.Token));
        Assert.True(work.Done < work.Items);
    }

    [Fact]
    public void Run_ReportsAFailureAndGoesOn()
    {
        using var pool = new WorkerPool(3);
        Assert.ThrowsAny<InvalidOperationException>(() => pool.Run(new Failing(), CancellationToken.None));
        var work = new Counting(20);
        pool.Run(work, CancellationToken.None);
        Assert.All(work.Counts, count => Assert.Equal(1, count));
    }

    private sealed class Counting(int items) : ParallelWork
    {
        public int[] Counts { get; } = new int[items];

        public override int Items => Counts.Length;

        public override unsafe void Execute(int item, void* scratch) => Interlocked.Increment(ref Counts[item]);
    }

    private sealed class Cancelling(CancellationTokenSource source) : ParallelWork
    {
        private int _done;

        public int Done => _done;

        public override int Items => 1_000_000;

        public override unsafe void Execute(int item, void* scratch)
        {
            if (Interlocked.Increment(ref _done) == 100)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Failing : ParallelWork
    {
        public override int Items => 100;

        public override unsafe void Execute(int item, void* scratch) => throw new InvalidOperationException("as asked");
    }
}
