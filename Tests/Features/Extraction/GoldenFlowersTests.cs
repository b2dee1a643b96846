using System.Globalization;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Extraction;

/// <summary>
/// Real photos, from the file's bytes to features, against TensorFlow: decoder, resizing, scaling and network together. TensorFlow's own kernels
/// differ by up to 1e-6 among themselves; 1e-4 absolute is accepted.
/// </summary>
[Trait("Category", "Golden")]
[Trait("Golden", "flowers")]
public sealed class GoldenFlowersTests(ITestOutputHelper log)
{
    private const float Tolerance = 1e-4f;

    [SkippableFact]
    public void Every_tap_of_the_photos_of_taps_npz()
    {
        using var taps = new NpzReader(TapsFile());
        var backbone = BackboneCatalog.Load().Backbones[0];
        var names = taps.Names.Where(name => name != "files").ToArray();
        var files = taps.Read("files").AsText();
        var wanted = names.Select(backbone.Tap).ToArray();

        using var extractor = new FeatureExtractor(backbone, wanted, new ManagedEngine());
        var expected = names.Select(name => taps.Read(name).AsSpan<float>().ToArray()).ToArray();
        var worst = new float[names.Length];
        for (var start = 0; start < files.Length; start += 5)
        {
            var images = files[start..Math.Min(start + 5, files.Length)];
            var features = extractor.Extract(Photos.Prepare(backbone, [.. images.Select(FindPhoto)]), images.Length);
            for (var tap = 0; tap < names.Length; tap++)
            {
                var dimension = wanted[tap].Dimension;
                Assert.Equal(files.Length * dimension, expected[tap].Length);
                for (var i = 0; i < features[tap].Length; i++)
                {
                    worst[tap] = MathF.Max(worst[tap], MathF.Abs(features[tap][i] - expected[tap][start * dimension + i]));
                }
            }
        }

        log.WriteLine(string.Join(", ", names.Zip(worst).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First} {pair.Second}"))));
        Assert.All(names.Zip(worst), pair => Assert.True(pair.Second <= Tolerance, $"{pair.First}: {pair.Second} from TensorFlow's"));
    }

    [SkippableFact]
    public void All_photos_in_one_pass()
    {
        var list = GoldenFolder.At("flowers", "photos.csv");
        Skip.IfNot(Directory.Exists(GoldenFolder.At("flowers", "photos")), "the photos are not part of the repository; MLTRANSFER_SHARED names the folder that has them");
        var backbone = BackboneCatalog.Load().Backbones[0];
        var taps = backbone.Taps.Where(tap => File.Exists(GoldenFolder.At("flowers", tap.Name + ".npy"))).ToArray();
        Assert.NotEmpty(taps);
        var expected = taps.Select(tap => NpyReader.Read(GoldenFolder.At("flowers", tap.Name + ".npy")).AsSpan<float>().ToArray()).ToArray();
        var worst = new (float Distance, string Path)[taps.Length];

        var photos = CsvListSource.Read(list, new CsvListOptions { Root = GoldenFolder.At("flowers", "photos") }).Images;
        using var extractor = new FeatureExtractor(backbone, taps, new ManagedEngine());
        for (var start = 0; start < photos.Count; start += 8)
        {
            var batch = photos.Skip(start).Take(8).ToArray();
            var features = extractor.Extract(Photos.Prepare(backbone, [.. batch.Select(photo => photo.FullPath)]), batch.Length);
            for (var tap = 0; tap < taps.Length; tap++)
            {
                var dimension = taps[tap].Dimension;
                for (var i = 0; i < features[tap].Length; i++)
                {
                    var distance = MathF.Abs(features[tap][i] - expected[tap][(start * dimension) + i]);
                    if (!(distance <= worst[tap].Distance))
                    {
                        worst[tap] = (distance, batch[i / dimension].Path);
                    }
                }
            }
        }

        for (var tap = 0; tap < taps.Length; tap++)
        {
            Assert.Equal(photos.Count * taps[tap].Dimension, expected[tap].Length);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taps[tap].Name}: at most {worst[tap].Distance} from TensorFlow's, at {worst[tap].Path}"));
            Assert.True(worst[tap].Distance <= Tolerance, string.Create(CultureInfo.InvariantCulture, $"{taps[tap].Name} of {worst[tap].Path} is {worst[tap].Distance} from TensorFlow's"));
        }
    }

    [SkippableFact]
    public void The_whole_extraction_gives_these_rows_too()
    {
        var list = GoldenFolder.At("flowers", "photos.csv");
        Skip.IfNot(Directory.Exists(GoldenFolder.At("flowers", "photos")), "the photos are not part of the repository; MLTRANSFER_SHARED names the folder that has them");
        var all = CsvListSource.Read(list, new CsvListOptions { Root = GoldenFolder.At("flowers", "photos") });
        int[] rows = [.. Enumerable.Range(0, all.Images.Count).Where(row => row % 13 == 0)];
        var backbone = BackboneCatalog.Load().Backbones[0];
        using var extractor = new FeatureExtractor(backbone, [backbone.Taps[0]], new ManagedEngine());
        var store = new MemoryFeatureStore();
        var some = all with { Images = [.. rows.Select(row => all.Images[row])] };
        var result = new FeatureExtraction(extractor, store).Run(some);
        Assert.Empty(result.Faults);
        Assert.Equal(some.Images, store.Rows.Select(row => row.Image));

        var expected = NpyReader.Read(GoldenFolder.At("flowers", "bottleneck.npy")).AsSpan<float>().ToArray();
        var dimension = backbone.Taps[0].Dimension;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var column = 0; column < dimension; column++)
            {
                Assert.Equal(expected[(rows[i] * dimension) + column], store.Rows[i].Features[column], Tolerance);
            }
        }
    }

    [SkippableFact]
    public void A_row_does_not_depend_on_batch_threads_neighbours_or_order()
    {
        using var taps = new NpzReader(TapsFile());
        string[] files = [.. taps.Read("files").AsText().Take(9).Select(FindPhoto)];
        var backbone = BackboneCatalog.Load().Backbones[0];
        var alone = Rows(backbone, files, batch: 1, threads: 1);
        var together = Rows(backbone, files, batch: 8, threads: 2);
        var reversed = Rows(backbone, [.. files.Reverse()], batch: 3, threads: 2);
        for (var i = 0; i < files.Length; i++)
        {
            Assert.Equal(alone[i], together[i]);
            Assert.Equal(alone[i], reversed[files.Length - 1 - i]);
        }
    }

    private static float[][] Rows(Backbone backbone, string[] files, int batch, int threads)
    {
        using var extractor = new FeatureExtractor(backbone, [backbone.Taps[0]], new ManagedEngine(), new EngineOptions { Threads = threads });
        return [.. files.Chunk(batch).SelectMany(chunk => extractor.Extract(Photos.Prepare(backbone, chunk), chunk.Length)[0].Chunk(backbone.Taps[0].Dimension))];
    }

    private static string TapsFile()
    {
        var folder = GoldenFolder.At("flowers");
        var file = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "taps_*.npz").FirstOrDefault() : null;
        Skip.If(file is null, "the photos are not part of the repository; MLTRANSFER_SHARED names the folder that has them");
        return file;
    }

    private static string FindPhoto(string name)
    {
        var photos = GoldenFolder.At("flowers", "photos");
        var direct = Path.Combine(photos, name);
        return File.Exists(direct) ? direct : Directory.EnumerateFiles(photos, Path.GetFileName(name), SearchOption.AllDirectories).Single();
    }
}
