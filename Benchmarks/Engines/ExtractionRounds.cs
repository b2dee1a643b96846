using System.Diagnostics;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>From JPEG files to rows saved in a cache, and the same number of images through the same engine from ready tensors, by turns.</summary>
internal static class ExtractionRounds
{
    private const int Batch = 8;

    /// <summary>Images a second of each round.</summary>
    /// <param name="folder">Photos, a folder a label.</param>
    /// <param name="most">At most so many of them.</param>
    /// <param name="rounds">Rounds of both.</param>
    /// <param name="threads">Threads that compute.</param>
    public static (int Photos, IReadOnlyList<double> Extraction, IReadOnlyList<double> Engine) Measure(string folder, int most, int rounds, int threads)
    {
        var photos = ImageFolderSource.Read(folder);
        if (photos.Images.Count > most)
        {
            // Every so manyth, so that all labels are there.
            photos = photos with { Images = [.. Enumerable.Range(0, most).Select(i => photos.Images[(int)((long)i * photos.Images.Count / most)])] };
        }

        var backbone = BackboneCatalog.Load().Backbones[0];
        var tap = backbone.Taps[0];
        using var extractor = new FeatureExtractor(backbone, [tap], new ManagedEngine(), new EngineOptions { Threads = threads });
        var scratch = Directory.CreateTempSubdirectory("mltransfer-extraction-");
        List<double> extraction = [], engine = [];
        try
        {
            for (var round = 0; round <= rounds; round++)
            {
                var count = photos.Images.Count;
                double whole = 0, alone = 0;
                if (round % 2 == 1)
                {
                    alone = count / Alone(extractor, backbone, count);
                }

                whole = count / Whole(extractor, backbone, tap, photos, Path.Combine(scratch.FullName, $"{round}.features"));
                if (round % 2 == 0)
                {
                    alone = count / Alone(extractor, backbone, count);
                }

                // The first round warms up: files come into memory, methods are compiled.
                if (round > 0)
                {
                    extraction.Add(whole);
                    engine.Add(alone);
                }
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return (photos.Images.Count, extraction, engine);
    }

    private static double Whole(FeatureExtractor extractor, Backbone backbone, BackboneTap tap, ImageDataset photos, string path)
    {
        var begun = Stopwatch.GetTimestamp();
        using (var cache = FeatureCache.Open(path, FeatureExtraction.KeyOf(backbone, tap)))
        {
            new FeatureExtraction(extractor, new CacheFeatureStore(cache), new ExtractionOptions { Batch = Batch }).Run(photos);
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static double Alone(FeatureExtractor extractor, Backbone backbone, int images)
    {
        var preprocessing = backbone.Preprocessing!;
        var shape = new TensorShape(Batch, preprocessing.Height, preprocessing.Width, 3);
        var input = Tensor.From(shape, EngineModel.Pixels(shape.Count));
        var begun = Stopwatch.GetTimestamp();
        for (var done = 0; done < images; done += Batch)
        {
            extractor.Extract(input, Batch);
        }

        // The last batch is a whole one here: counted by what was computed.
        return Stopwatch.GetElapsedTime(begun).TotalSeconds * images / ((images + Batch - 1) / Batch * Batch);
    }
}
