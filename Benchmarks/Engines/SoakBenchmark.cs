using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>
/// Many images through one extractor: whether memory stays flat. With photos each is read, decoded and scaled anew, so that their memory is
/// watched too. The exit code is 1 where resident memory or the managed heap has grown by more than --most-growth megabytes after the first tenth.
/// </summary>
internal sealed class SoakBenchmark : IBenchmark
{
    public string Name => "soak";

    public string Description => "memory over many images (--images 10000, --batch N, --threads N, --photos DIR, --most-growth MB, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var (images, batch, threads) = (Options.Number(arguments, "--images", 10_000), Options.Number(arguments, "--batch", 8), Options.Number(arguments, "--threads", Environment.ProcessorCount));
        var most = Options.Number(arguments, "--most-growth", 32);
        var folder = Options.Text(arguments, "--photos");
        if (folder is not null && !Directory.Exists(folder))
        {
            Console.Error.WriteLine($"There is no folder {folder}; --photos names one of photos.");
            return 2;
        }

        var photos = folder is null ? null : ImageFolderSource.Read(folder).Images;
        var backbone = BackboneCatalog.Load().Backbones[0];
        var preprocessing = backbone.Preprocessing!;
        using var extractor = new FeatureExtractor(backbone, [backbone.Taps[0]], new ManagedEngine(), new EngineOptions { Threads = threads });
        Console.WriteLine("images   images/s   resident MB   managed heap MB   collections");
        var samples = new List<(int Images, double Resident, double Managed)>();
        var begun = Stopwatch.GetTimestamp();
        var next = Math.Max(batch, images / 10);
        for (var done = 0; done < images;)
        {
            // The last batch may be a smaller one, as in an extraction.
            var count = Math.Min(batch, images - done);
            var shape = new TensorShape(count, preprocessing.Height, preprocessing.Width, 3);
            var values = EngineModel.Pixels(shape.Count);
            for (var i = 0; photos is not null && i < count; i++)
            {
                var file = File.ReadAllBytes(photos[(done + i) % photos.Count].FullPath);
                preprocessing.Apply(PhotoReader.Read(file, preprocessing.ReadOptions), values.AsSpan(i * preprocessing.OutputLength, preprocessing.OutputLength));
            }

            extractor.Extract(Tensor.From(shape, values), count);
            done += count;
            if (done >= next || done == images)
            {
                next += Math.Max(batch, images / 10);
                var sample = (done, Resident: Environment.WorkingSet / 1048576.0, Managed: GC.GetTotalMemory(forceFullCollection: true) / 1048576.0);
                samples.Add(sample);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{done,6}   {done / Stopwatch.GetElapsedTime(begun).TotalSeconds,8:F1}   {sample.Resident,11:F1}   {sample.Managed,15:F1}   {GC.CollectionCount(2),11}"));
            }
        }

        var (first, last) = (samples[0], samples[^1]);
        var (resident, managed) = (last.Resident - first.Resident, last.Managed - first.Managed);
        var isFlat = resident <= most && managed <= most;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"From {first.Images} to {last.Images} images: resident {resident:+0.0;-0.0} MB, managed heap {managed:+0.0;-0.0} MB: {(isFlat ? "flat" : $"more than {most} MB")}"));
        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                images,
                start = new { residentMB = first.Resident, managedMB = first.Managed },
                end = new { residentMB = last.Resident, managedMB = last.Managed },
                isFlat,
            }));
        }

        return isFlat ? 0 : 1;
    }
}
