using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Threading;

/// <summary>Threads that stay alive between pieces of work. The caller computes too, so one thread means no other is started.</summary>
/// <remarks>
/// Workers look for work for some microseconds before they sleep: between two layers of a network that is cheaper than being woken. One
/// caller at a time.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    /// <summary>Integers from one thread's counter to the next's, so that they lie in lines of their own.</summary>
    private const int LineInts = 32;
    private readonly Thread[] _threads;
    private readonly NativeBuffer?[] _scratch;
    private readonly object _wake = new();
    private readonly ManualResetEventSlim _finished = new(false, 400);
    private volatile ParallelWork? _work;
    private volatile int _generation;
    private volatile bool _stopping;
    private readonly int[] _next;
    private int _busy;
    private int _sleeping;
    private Exception? _failure;
    private CancellationToken _cancellation;

    /// <summary>Starts the workers.</summary>
    /// <param name="threads">Threads that compute, the caller's included; at least 1.</param>
    public WorkerPool(int threads)
    {
        _scratch = new NativeBuffer?[threads];
        _threads = new Thread[threads - 1];
        _next = new int[threads * LineInts];
        for (var i = 0; i < _threads.Length; i++)
        {
            var index = i + 1;
            _threads[i] = new Thread(() => Serve(index)) { IsBackground = true, Name = $"MlTransfer worker {index}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that compute.</summary>
    public int Threads => _threads.Length + 1;

    /// <summary>Does all items of a piece of work and returns when the last has ended.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Leaves out the items that have not begun.</param>
    /// <exception cref="OperationCanceledException">Cancelled; what the work wrote is incomplete.</exception>
    public void Run(ParallelWork work, CancellationToken cancellation)
    {
        EnsureScratch(work.ScratchBytes);
        var items = work.Items;
        if (_threads.Length == 0 || items <= 1)
        {
            var scratch = _scratch[0] is { } own ? own.Pointer : null;
            for (var item = 0; item < items; item++)
            {
                cancellation.ThrowIfCancellationRequested();
                work.Execute(item, scratch);
            }

            return;
        }

        _failure = null;
        _cancellation = cancellation;
        for (var i = 0; i < Threads; i++)
        {
            _next[i * LineInts] = FirstItem(i, items);
        }

        _busy = _threads.Length;
        _finished.Reset();
        _work = work;
        Interlocked.Increment(ref _generation);
        WakeSleepers();
        TakeItems(work, 0);
        _finished.Wait(CancellationToken.None);
        _work = null;
        if (_failure is { } failure)
        {
            throw new InvalidOperationException("A worker failed.", failure);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        Interlocked.Increment(ref _generation);
        WakeSleepers();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        foreach (var buffer in _scratch)
        {
            buffer?.Dispose();
        }

        _finished.Dispose();
    }

    private void EnsureScratch(int bytes)
    {
        for (var i = 0; i < _scratch.Length; i++)
        {
            if (bytes > (_scratch[i]?.Bytes ?? 0))
            {
                _scratch[i]?.Dispose();
                _scratch[i] = new NativeBuffer(bytes);
            }
        }
    }

    private void Serve(int index)
    {
        var seen = 0;
        while (true)
        {
            Await(seen);
            seen = _generation;
            if (_stopping)
            {
                return;
            }

            if (_work is { } work)
            {
                TakeItems(work, index);
            }

            if (Interlocked.Decrement(ref _busy) == 0)
            {
                _finished.Set();
            }
        }
    }

    /// <summary>Returns once the generation differs from the one seen.</summary>
    private void Await(int seen)
    {
        for (var spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (_generation != seen)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        Interlocked.Increment(ref _sleeping);
        lock (_wake)
        {
            // The generation is read after the count was raised: either the caller sees the sleeper and wakes it, or the sleeper sees the work.
            while (_generation == seen)
            {
                Monitor.Wait(_wake);
            }
        }

        Interlocked.Decrement(ref _sleeping);
    }

    private void WakeSleepers()
    {
        if (Volatile.Read(ref _sleeping) > 0)
        {
            lock (_wake)
            {
                Monitor.PulseAll(_wake);
            }
        }
    }

    private int FirstItem(int owner, int items) => (int)((long)items * owner / Threads);

    /// <summary>
    /// Does the items of the thread's own share, then what is left of the others': the same part of each map tends to fall to the same thread,
    /// whose cache holds it.
    /// </summary>
    private void TakeItems(ParallelWork work, int index)
    {
        try
        {
            var scratch = _scratch[index] is { } own ? own.Pointer : null;
            var items = work.Items;
            for (var i = 0; i < Threads; i++)
            {
                var owner = (index + i) % Threads;
                var end = FirstItem(owner + 1, items);
                int item;
                while ((item = Interlocked.Increment(ref _next[owner * LineInts]) - 1) < end && !_cancellation.IsCancellationRequested)
                {
                    work.Execute(item, scratch);
                }
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Kept for the caller's thread: an exception that leaves a worker would end the process.
            Interlocked.CompareExchange(ref _failure, failure, null);
            for (var i = 0; i < Threads; i++)
            {
                Volatile.Write(ref _next[i * LineInts], int.MaxValue / 2);
            }
        }
    }
}
