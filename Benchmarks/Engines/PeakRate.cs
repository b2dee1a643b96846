using System.Diagnostics;
using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>What the processor's multiply-adds reach when nothing else is in their way: registers only, enough independent chains to hide their latency.</summary>
internal static unsafe class PeakRate
{
    private const int Chains = 12;
    private const int MostLanes = 16;

    /// <summary>About a millisecond: short enough to fall between two interruptions by other programs.</summary>
    private const long Steps = 500_000;

    private const int Bursts = 300;

    /// <summary>Thousand million floating-point operations a second of all threads together, at the widest registers.</summary>
    public static double Measure(int threads)
    {
        var rates = new double[threads];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            for (var burst = 0; burst < Bursts; burst++)
            {
                var begun = Stopwatch.GetTimestamp();
                var operations = Run();
                rates[i] = Math.Max(rates[i], operations / Stopwatch.GetElapsedTime(begun).TotalSeconds / 1e9);
            }
        })).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return rates.Sum();
    }

    private static double Run()
    {
        // Results must go somewhere, or the work is found to be of no use; room for them is not made where the chains are, which must stay in registers.
        var sink = stackalloc float[Chains * MostLanes];
        return LaneWidths.Best switch
        {
            LaneWidth.Bits512 => Run<Lanes512>(sink),
            LaneWidth.Bits256 => Run<Lanes256>(sink),
            LaneWidth.Bits128 => Run<Lanes128>(sink),
            _ => Run<ScalarLanes>(sink),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Run<TLanes>(float* sink)
        where TLanes : struct, ILanes<TLanes>
    {
        // Factor and summand keep every chain near 1, far from denormal numbers and infinity.
        var factor = TLanes.Broadcast(0.5f);
        var summand = TLanes.Broadcast(0.5f);
        TLanes a = factor, b = factor, c = factor, d = factor, e = factor, f = factor, g = factor, h = factor, i = factor, j = factor, k = factor, l = factor;
        for (long step = 0; step < Steps; step++)
        {
            a = TLanes.MultiplyAdd(a, factor, summand);
            b = TLanes.MultiplyAdd(b, factor, summand);
            c = TLanes.MultiplyAdd(c, factor, summand);
            d = TLanes.MultiplyAdd(d, factor, summand);
            e = TLanes.MultiplyAdd(e, factor, summand);
            f = TLanes.MultiplyAdd(f, factor, summand);
            g = TLanes.MultiplyAdd(g, factor, summand);
            h = TLanes.MultiplyAdd(h, factor, summand);
            i = TLanes.MultiplyAdd(i, factor, summand);
            j = TLanes.MultiplyAdd(j, factor, summand);
            k = TLanes.MultiplyAdd(k, factor, summand);
            l = TLanes.MultiplyAdd(l, factor, summand);
        }

        TLanes.Store(sink, a);
        TLanes.Store(sink + 16, b);
        TLanes.Store(sink + 32, c);
        TLanes.Store(sink + 48, d);
        TLanes.Store(sink + 64, e);
        TLanes.Store(sink + 80, f);
        TLanes.Store(sink + 96, g);
        TLanes.Store(sink + 112, h);
        TLanes.Store(sink + 128, i);
        TLanes.Store(sink + 144, j);
        TLanes.Store(sink + 160, k);
        TLanes.Store(sink + 176, l);
        return 2.0 * Steps * Chains * TLanes.Count;
    }
}
