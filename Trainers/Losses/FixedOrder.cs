namespace MlTransfer.Trainers.Losses;

/// <summary>Runs numbered pieces of work on some threads; each piece writes only to its own place, so the threads cannot change the result.</summary>
internal static class FixedOrder
{
    public static void Run(int pieces, int threads, Action<int> work, CancellationToken cancellation = default)
    {
        if (threads <= 1 || pieces <= 1)
        {
            for (var i = 0; i < pieces; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                work(i);
            }

            return;
        }

        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, work);
    }
}
