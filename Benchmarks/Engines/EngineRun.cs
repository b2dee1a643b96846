using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>The managed engine on the bundled network in a process of its own: the counterpart of ort-bench.cjs, with the same pixels and the same line of JSON.</summary>
internal sealed class EngineRun : IBenchmark
{
    private const int Size = 299;

    public string Name => "engine";

    public string Description => "the managed engine on the bundled network (--threads N, --batch N, --seconds N, --model FILE, --profile)";

    /// <summary>The bundled graph, found from the folder the command runs in.</summary>
    public static string BundledModel { get; } = Path.Combine("Models", "inception_v3_nsfwjs.pb");

    public int Run(IReadOnlyList<string> arguments)
    {
        var model = PeerOptions.Text(arguments, "--model") ?? BundledModel;
        if (!File.Exists(model))
        {
            Console.Error.WriteLine($"There is no file {model}; run from the repository's root or name the graph with --model FILE.");
            return 2;
        }

        var (threads, batch, seconds) = (PeerOptions.Number(arguments, "--threads", 2), PeerOptions.Number(arguments, "--batch", 8), PeerOptions.Number(arguments, "--seconds", 10));
        var clock = Stopwatch.StartNew();
        var graph = GraphDefReader.Read(model);
        var loaded = clock.Elapsed.TotalMilliseconds;
        using var session = new ManagedEngine().CompileManaged(graph, ["input:0"], ["bottleneck:0"], new EngineOptions { Threads = threads });
        var compiled = clock.Elapsed.TotalMilliseconds;
        var input = Tensor.From(new TensorShape(batch, Size, Size, 3), Pixels(batch));
        var features = session.Run([input])[0];
        var firstRun = clock.Elapsed.TotalMilliseconds;
        var jit = System.Runtime.JitInfo.GetCompilationTime();
        var methods = System.Runtime.JitInfo.GetCompiledMethodCount();
        var rates = new List<double>();
        clock.Restart();
        while (clock.Elapsed.TotalSeconds < seconds || rates.Count < 3)
        {
            var begun = Stopwatch.GetTimestamp();
            session.Run([input]);
            rates.Add(batch / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        rates.Sort();
        if (arguments.Contains("--profile"))
        {
            foreach (var step in session.Profile([input], 3))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{step.Milliseconds,9:F2} ms {step.GigaOperationsPerSecond,7:F1} GFLOP/s  {step.Kernel,-16} {step.Shape,-20} {step.Node}"));
            }
        }

        var checksum = 0.0;
        foreach (var value in features.AsSpan<float>())
        {
            checksum += value;
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            engine = "managed",
            threads,
            batch,
            imagesPerSecondMedian = Math.Round(rates[rates.Count / 2], 2),
            imagesPerSecondBest = Math.Round(rates[^1], 2),
            loadMs = Math.Round(loaded),
            compileMs = Math.Round(compiled - loaded),
            firstRunMs = Math.Round(firstRun),
            jitMs = Math.Round(jit.TotalMilliseconds),
            jitMethods = methods,
            residentMB = Environment.WorkingSet / 1048576,
            checksum = Math.Round(checksum, 4),
        }));
        return 0;
    }

    private static float[] Pixels(int batch)
    {
        var pixels = new float[batch * Size * Size * 3];
        var state = 1u;
        for (var i = 0; i < pixels.Length; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            pixels[i] = (float)(state / 4294967296.0);
        }

        return pixels;
    }
}
