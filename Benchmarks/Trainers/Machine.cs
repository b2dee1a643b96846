using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>What the machine's memory gives at most, to all processors together.</summary>
internal static unsafe class Machine
{
    private const long BufferBytes = 1L << 30;
    private const int Tries = 5;

    /// <summary>Bytes a second that the processors read from a buffer far larger than the caches; the best of some tries.</summary>
    public static double MemoryBandwidth(int threads)
    {
        var buffer = (byte*)NativeMemory.AlignedAlloc((nuint)BufferBytes, 64);
        new Span<byte>(buffer, int.MaxValue / 2).Fill(1);
        new Span<byte>(buffer + (int.MaxValue / 2), (int)(BufferBytes - (int.MaxValue / 2))).Fill(1);
        var share = BufferBytes / threads / 1024 * 1024;
        var best = 0.0;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var clock = Stopwatch.StartNew();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread => Sum(buffer + (thread * share), share));
            best = Math.Max(best, share * threads / clock.Elapsed.TotalSeconds);
        }

        NativeMemory.AlignedFree(buffer);
        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Sum(byte* source, long bytes)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (long i = 0; i < bytes; i += 4 * Vector512<byte>.Count)
        {
            a += Vector512.Load((long*)(source + i));
            b += Vector512.Load((long*)(source + i + 64));
            c += Vector512.Load((long*)(source + i + 128));
            d += Vector512.Load((long*)(source + i + 192));
        }

        return Vector512.Sum(a + b + (c + d));
    }
}
