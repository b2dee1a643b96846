using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>The managed engine and ONNX Runtime on the same network, each in a process of its own, in alternating rounds.</summary>
internal sealed class PeersBenchmark : IBenchmark
{
    /// <summary>Share of the peer's images a second that must be reached.</summary>
    private const double Target = 0.5;

    public string Name => "peers";

    public string Description =>
        "managed engine against ONNX Runtime (--peer ort-bench.cjs or MLTRANSFER_ORT_BENCH, NODE_PATH with onnxruntime-node; --rounds N, --seconds N, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var script = PeerOptions.Text(arguments, "--peer") ?? Environment.GetEnvironmentVariable("MLTRANSFER_ORT_BENCH")
            ?? Path.Combine(Environment.GetEnvironmentVariable("MLTRANSFER_SHARED") ?? Path.Combine("..", "shared"), "tools", "ort-bench.cjs");
        var (rounds, seconds) = (PeerOptions.Number(arguments, "--rounds", 5), PeerOptions.Number(arguments, "--seconds", 4));
        var model = PeerOptions.Text(arguments, "--model") ?? EngineRun.BundledModel;
        if (!File.Exists(model))
        {
            Console.Error.WriteLine($"There is no file {model}; run from the repository's root or name the graph with --model FILE.");
            return 2;
        }

        var peerMissing = File.Exists(script) ? null : $"there is no {script}; name it with --peer";
        var rows = new List<object>();
        Console.WriteLine($"{rounds} alternating rounds of {seconds} s; medians. Ratio above 1: the managed engine is better.");
        Console.WriteLine("what                                             managed   ONNX Runtime   ratio   target");
        foreach (var (batch, threads) in new[] { (8, 1), (8, 2), (1, 1), (1, 2) })
        {
            string[] common = ["--threads", Text(threads), "--batch", Text(batch), "--seconds", Text(seconds)];
            List<JsonElement> ours = [], theirs = [];
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(Start(Environment.ProcessPath!, [.. OwnAssembly(), "engine", "--model", model, .. common], out var fault)
                    ?? throw new InvalidOperationException($"The engine's own run failed: {fault}"));
                if (peerMissing is not null)
                {
                    continue;
                }

                if (Start("node", [script, .. common], out var reason) is { } result)
                {
                    theirs.Add(result);
                }
                else
                {
                    peerMissing = reason;
                }
            }

            var name = $"batch {batch}, {threads} thread{(threads > 1 ? "s" : string.Empty)}";
            Add(rows, $"{name}: images/s", ours, theirs, "imagesPerSecondMedian", false, Target);
            Add(rows, $"{name}: load to first result, ms", ours, theirs, "firstRunMs", true, null);
            Add(rows, $"{name}: resident, MB", ours, theirs, "residentMB", true, null);
        }

        if (peerMissing is not null)
        {
            Console.WriteLine($"ONNX Runtime was left out: {peerMissing}");
        }

        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { rows }));
        }

        return 0;
    }

    private static void Add(List<object> rows, string name, List<JsonElement> ours, List<JsonElement> theirs, string field, bool lessIsBetter, double? target)
    {
        var own = Median(ours, field);
        double? peer = theirs.Count > 0 ? Median(theirs, field) : null;
        var ratio = lessIsBetter ? peer / own : own / peer;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46} {own,9:F2} {peer,14:F2} {ratio,7:F2} {target,8:F2}"));
        rows.Add(new { name, ours = own, peer, ratio, target });
    }

    private static double Median(List<JsonElement> results, string field)
    {
        var values = results.Select(result => result.GetProperty(field).GetDouble()).Order().ToArray();
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }

    /// <summary>Started through the dotnet host, a process must be told its assembly; started as a program of its own, not.</summary>
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(PeersBenchmark).Assembly.Location] : [];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs a program whose last line of output is JSON; null and a reason where it could not.</summary>
    private static JsonElement? Start(string program, IReadOnlyList<string> arguments, out string reason)
    {
        reason = string.Empty;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                using var document = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]);
                return document.RootElement.Clone();
            }

            reason = $"{program} ended with {process.ExitCode}: {errors.Result.Trim()}";
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or JsonException)
        {
            reason = $"{program}: {fault.Message}";
        }

        return null;
    }
}
