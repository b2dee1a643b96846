using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>
/// The managed engine in a process of its own. By itself it runs for some seconds and prints one JSON line (the counterpart of ort-bench.cjs, with
/// the same pixels); with --serve it is one side of a comparison and speaks as ort-serve.cjs does.
/// </summary>
internal sealed class EngineRun : IBenchmark
{
    private const int ValuesShown = 64;

    public string Name => "engine";

    public string Description => "the managed engine alone (--model FILE or folder of golden/nets, --threads N, --batch N, --seconds N, --precision int8, --profile)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var (threads, batch, seconds) = (Options.Number(arguments, "--threads", 2), Options.Number(arguments, "--batch", 8), Options.Fraction(arguments, "--seconds", 10));
        var precision = Options.Text(arguments, "--precision") == "int8" ? Precision.Int8 : Precision.Float32;
        var path = Options.Text(arguments, "--model") ?? EngineModel.Bundled;
        var clock = Stopwatch.StartNew();
        EngineModel model;
        try
        {
            model = EngineModel.Read(path, Options.Text(arguments, "--input"), Options.Text(arguments, "--output"));
        }
        catch (FileNotFoundException fault)
        {
            Console.Error.WriteLine(fault.Message);
            return 2;
        }

        var read = clock.Elapsed.TotalMilliseconds;
        using var session = new ManagedEngine().CompileManaged(model.Graph, [model.Input], [model.Output], new EngineOptions { Threads = threads, Precision = precision });
        var compiled = clock.Elapsed.TotalMilliseconds;
        var shape = new TensorShape(model.Shape(batch));
        var input = Tensor.From(shape, EngineModel.Pixels(shape.Count));
        var features = session.Run([input])[0].AsSpan<float>().ToArray();
        var firstRun = clock.Elapsed.TotalMilliseconds;
        var (jit, methods) = (System.Runtime.JitInfo.GetCompilationTime(), System.Runtime.JitInfo.GetCompiledMethodCount());
        model = null!;
        if (arguments.Contains("--serve"))
        {
            Say(new { engine = "managed", loadMs = Math.Round(read), firstRunMs = Math.Round(firstRun), residentMB = ResidentMegabytes(), values = features[..Math.Min(ValuesShown, features.Length)] });
            Serve(session, input, batch);
            return 0;
        }

        var rates = new List<double>();
        clock.Restart();
        while (clock.Elapsed.TotalSeconds < seconds || rates.Count < 3)
        {
            var begun = Stopwatch.GetTimestamp();
            session.Run([input]);
            rates.Add(batch / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        if (arguments.Contains("--profile"))
        {
            PrintProfile(session.Profile([input], 3));
        }

        Say(new
        {
            engine = "managed",
            threads,
            batch,
            imagesPerSecondMedian = Math.Round(Statistics.Median(rates), 2),
            imagesPerSecondBest = Math.Round(rates.Max(), 2),
            loadMs = Math.Round(read),
            compileMs = Math.Round(compiled - read),
            firstRunMs = Math.Round(firstRun),
            jitMs = Math.Round(jit.TotalMilliseconds),
            jitMethods = methods,
            residentMB = ResidentMegabytes(),
            checksum = Math.Round(features.Sum(value => (double)value), 4),
        });
        return 0;
    }

    private static void Serve(ManagedSession session, Tensor input, int batch)
    {
        while (Console.In.ReadLine() is { } line)
        {
            var seconds = double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
            var (runs, begun) = (0, Stopwatch.GetTimestamp());
            do
            {
                session.Run([input]);
                runs++;
            }
            while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds);
            Say(new { imagesPerSecond = runs * batch / Stopwatch.GetElapsedTime(begun).TotalSeconds, residentMB = ResidentMegabytes() });
        }
    }

    private static void PrintProfile(IReadOnlyList<StepTime> steps)
    {
        foreach (var step in steps)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{step.Milliseconds,9:F2} ms {step.GigaOperationsPerSecond,7:F1} GFLOP/s  {step.Kernel,-20} {step.Layer,-16} {step.Shape,-20} {step.Node}"));
        }
    }

    private static long ResidentMegabytes() => Environment.WorkingSet / 1048576;

    private static void Say<T>(T value)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(value));
        Console.Out.Flush();
    }
}
