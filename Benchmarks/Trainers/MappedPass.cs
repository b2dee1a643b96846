using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MlTransfer.Benchmarks.Engines;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>One evaluation of loss and gradient over a mapped .npy file that is not kept in memory, against the machine's bandwidth and arithmetic.</summary>
internal sealed class MappedPass(int rows, int rounds)
{
    private const int Columns = 2048;
    private const double BandwidthTarget = 0.6;

    public IEnumerable<BenchmarkRow> Rows()
    {
        var threads = Environment.ProcessorCount;
        var (bandwidth, operations) = (Machine.MemoryBandwidth(threads), PeakRate.Measure(threads) * 1e9);
        foreach (var type in new[] { "<f2", "<f4" })
        {
            var path = Path.Combine(Path.GetTempPath(), $"mltransfer-benchmark-{Environment.ProcessId}.npy");
            try
            {
                Write(path, type);
                foreach (var classes in new[] { 5, 100 })
                {
                    yield return Measure(path, type, classes, threads, bandwidth, operations);
                }
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    private BenchmarkRow Measure(string path, string type, int classes, int threads, double bandwidth, double operations)
    {
        ForgetPeak();
        using var features = new MappedFeatures(path);
        var labels = Enumerable.Range(0, rows).Select(row => row % classes).ToArray();
        var clock = Stopwatch.StartNew();
        using var centered = new CenteredRows(features, false, threads, default, 0);
        var preparing = clock.Elapsed.TotalSeconds;
        using var objective = new SoftmaxObjective(centered, labels, null, classes, 1e-4, 0, threads, default);
        var (point, gradient) = (new double[objective.Length], new double[objective.Length]);
        for (var i = 0; i < point.Length; i++)
        {
            point[i] = 0.01 * Math.Sin(i);
        }

        objective.Evaluate(point, gradient);
        var seconds = Statistics.Median(Enumerable.Range(0, rounds).Select(_ =>
        {
            clock.Restart();
            objective.Evaluate(point, gradient);
            return clock.Elapsed.TotalSeconds;
        }));
        var bytes = (double)rows * Columns * (type == "<f2" ? 2 : 4);
        var work = 4.0 * rows * Columns * classes;
        var (byMemory, byArithmetic) = (bytes / bandwidth, work / operations);
        var bound = byMemory > byArithmetic ? "memory" : "arithmetic";
        return new BenchmarkRow
        {
            Name = $"a pass, mapped {(type == "<f2" ? "float16" : "float32")}, {rows} x {Columns} x {classes}",
            Seconds = seconds,
            Peer = "memory bandwidth",
            PeerSeconds = byMemory,
            Ratio = byMemory / seconds,
            Target = BandwidthTarget,
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"{bytes / seconds / 1e9:0.0} of {bandwidth / 1e9:0.0} GB/s; {work / seconds / 1e9:0} of {operations / 1e9:0} GFLOP/s ({byArithmetic / seconds:0%}): {bound} bounds it, {Math.Max(byMemory, byArithmetic) / seconds:0%} of that bound; two preparing passes {preparing:0.00} s; {Resident()}"),
        };
    }

    /// <summary>A .npy file of numbers from 0 to 1, the same block over and over, begun at another place for each row.</summary>
    private void Write(string path, string type)
    {
        var random = new Random(1);
        var block = new byte[Columns * 64 * (type == "<f2" ? 2 : 4)];
        var halves = MemoryMarshal.Cast<byte, Half>(block.AsSpan());
        var singles = MemoryMarshal.Cast<byte, float>(block.AsSpan());
        for (var i = 0; i < Columns * 64; i++)
        {
            if (type == "<f2")
            {
                halves[i] = (Half)random.NextSingle();
            }
            else
            {
                singles[i] = random.NextSingle();
            }
        }

        using var stream = File.Create(path);
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {Columns}), }}".PadRight(117) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        var rowBytes = block.Length / 64;
        for (var row = 0; row < rows; row++)
        {
            stream.Write(block, row * 7 % 63 * rowBytes, rowBytes);
        }
    }

    private static string Resident()
    {
        const string peak = "VmHWM:";
        const string status = "/proc/self/status";
        var line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(peak, StringComparison.Ordinal)) : null;
        return line is null
            ? $"resident {Environment.WorkingSet >> 20} MB"
            : $"resident at most {long.Parse(line[peak.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) >> 10} MB";
    }

    /// <summary>Begins to watch the resident memory's peak anew, where the system allows.</summary>
    private static void ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Then the peak tells of what came before too.
        }
    }
}
