using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>What the machine can do at most: bytes a second from memory and float32 operations a second, on all processors together.</summary>
internal static unsafe class Machine
{
    private const long BufferBytes = 1L << 30;
    private const int Tries = 5;
    private const long Products = 60_000_000;

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

    /// <summary>Multiplications and additions a second from registers to registers; the best of some tries.</summary>
    public static double PeakOperations(int threads)
    {
        var best = 0.0;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var clock = Stopwatch.StartNew();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Multiply(Products / 12));
            best = Math.Max(best, 2.0 * Products * Vector512<float>.Count * threads / clock.Elapsed.TotalSeconds);
        }

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply(long steps)
    {
        var x = Vector512.Create(0.999f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (long step = 0; step < steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x);
            b = Vector512.FusedMultiplyAdd(b, x, x);
            c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x);
            e = Vector512.FusedMultiplyAdd(e, x, x);
            f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x);
            h = Vector512.FusedMultiplyAdd(h, x, x);
            i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x);
            k = Vector512.FusedMultiplyAdd(k, x, x);
            l = Vector512.FusedMultiplyAdd(l, x, x);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
