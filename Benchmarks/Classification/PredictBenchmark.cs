using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Datasets.Images;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Trainers.Classification;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Benchmarks.Classification;

/// <summary>
/// From the bytes of a photo to its labels, against the engine alone on the same photos decoded and scaled before; both in one process, in alternating turns.
/// </summary>
internal sealed class PredictBenchmark : IBenchmark
{
    /// <summary>Most time a prediction may take, as a share of the engine's.</summary>
    private const double Target = 1.02;

    private const int Labels = 5;

    public string Name => "predict";

    public string Description => "a photo's bytes to its labels against the engine alone (--photos DIR, --images N, --rounds N, --threads N, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var folder = Options.Text(arguments, "--photos")
            ?? Path.Combine(Environment.GetEnvironmentVariable("MLTRANSFER_SHARED") ?? Path.Combine("..", "shared"), "flowers", "photos");
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"There is no folder {folder}; name one that holds .jpg files with --photos DIR.");
            return 2;
        }

        var (count, rounds, threads) = (Options.Number(arguments, "--images", 16), Options.Number(arguments, "--rounds", 7), Options.Number(arguments, "--threads", Environment.ProcessorCount));
        var paths = Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var files = Enumerable.Range(0, Math.Min(count, paths.Length)).Select(i => File.ReadAllBytes(paths[(int)((long)i * paths.Length / Math.Min(count, paths.Length))])).ToArray();
        if (files.Length == 0)
        {
            Console.Error.WriteLine($"{folder} holds no .jpg file.");
            return 2;
        }

        var backbone = BackboneCatalog.Load().Backbones[0];
        var tap = backbone.Taps[0];
        var head = Head(backbone, tap);
        using var session = new ManagedEngine().Compile(GraphDefReader.Read(backbone.GraphPath), [backbone.Input], [tap.Tensor], new EngineOptions { Threads = threads });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{files.Length} photos, {backbone.Id}, {threads} threads, {rounds} alternating rounds; medians, milliseconds a photo. Target: at most {Target:0.00} times the engine alone."));
        Console.WriteLine("what                                  predict   engine alone   ratio   of CPU time");
        var rows = new List<object>();
        foreach (var batch in new[] { 1, 8 })
        {
            using var classifier = ImageClassifier.Create(head, new ImageClassifierOptions { Threads = threads, Batch = batch });
            var inputs = files.Chunk(batch).Select(chunk => Input(backbone, chunk)).ToArray();
            var (own, alone, shares) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                Turn predicted = default, computed = default;
                for (var i = 0; i < inputs.Length; i++)
                {
                    var chunk = files[(i * batch)..Math.Min(files.Length, (i + 1) * batch)];

                    // Turns change places from round to round, so that neither always runs on the other's warm cache.
                    if (((i + round) & 1) == 0)
                    {
                        computed += Turn.Of(() => session.Run([inputs[i]]));
                        predicted += Turn.Of(() => Predict(classifier, chunk));
                    }
                    else
                    {
                        predicted += Turn.Of(() => Predict(classifier, chunk));
                        computed += Turn.Of(() => session.Run([inputs[i]]));
                    }
                }

                // The first round warms up.
                if (round >= 0)
                {
                    own.Add(predicted.Wall / files.Length);
                    alone.Add(computed.Wall / files.Length);
                    shares.Add(predicted.Processor / computed.Processor);
                }
            }

            var ratio = Median([.. own.Zip(alone, (a, b) => a / b)]);
            var name = batch == 1 ? "one photo at a time" : $"batches of {batch}";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} {Median(own),10:F3} {Median(alone),14:F3} {ratio,7:F3} {Median(shares),13:F3}"));
            rows.Add(new { name, seconds = Median(own) / 1000, engineSeconds = Median(alone) / 1000, ratio, processorRatio = Median(shares), target = Target });
        }

        var decode = Median([.. Enumerable.Range(0, rounds).Select(_ => Time(() => Array.ForEach(files, file => Input(backbone, [file]))) / files.Length)]);
        var features = new float[head.FeatureDimension];
        var probabilities = new float[Labels];
        var judge = Median([.. Enumerable.Range(0, rounds).Select(_ => Time(() => Array.ForEach(files, _ => head.Predict(features, probabilities))) / files.Length)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"of that: decoding and scaling {decode:F3} ms on one thread, the head {judge:F3} ms"));
        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { rows, decodeSeconds = decode / 1000, headSeconds = judge / 1000 }));
        }

        return 0;
    }

    private static void Predict(ImageClassifier classifier, byte[][] files)
    {
        if (files.Length == 1)
        {
            classifier.Predict(files[0]);
        }
        else
        {
            classifier.Predict(files);
        }
    }

    private static SoftmaxHead Head(Backbone backbone, BackboneTap tap)
    {
        var random = new Random(1);
        return new SoftmaxHead(
            new SoftmaxWeights([.. Enumerable.Range(0, Labels * tap.Dimension).Select(_ => random.NextSingle() - 0.5f)], new float[Labels]),
            HeadDescription.Of(FeatureExtraction.KeyOf(backbone, tap), [.. Enumerable.Range(0, Labels).Select(label => $"label {label}")]));
    }

    private static Tensor Input(Backbone backbone, byte[][] files)
    {
        var preprocessing = backbone.Preprocessing!;
        var pixels = new float[files.Length * preprocessing.OutputLength];
        for (var i = 0; i < files.Length; i++)
        {
            preprocessing.Apply(PhotoReader.Read(files[i], preprocessing.ReadOptions), pixels.AsSpan(i * preprocessing.OutputLength, preprocessing.OutputLength));
        }

        return Tensor.From(new TensorShape(files.Length, preprocessing.Height, preprocessing.Width, 3), pixels);
    }

    private static double Time(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Milliseconds of some work, by the clock and of all processors; the latter tells the same on a busy machine.</summary>
    private readonly record struct Turn(double Wall, double Processor)
    {
        public static Turn operator +(Turn a, Turn b) => new(a.Wall + b.Wall, a.Processor + b.Processor);

        public static Turn Of(Action work)
        {
            var before = Environment.CpuUsage.TotalTime;
            var wall = Time(work);
            return new Turn(wall, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }
    }
}
