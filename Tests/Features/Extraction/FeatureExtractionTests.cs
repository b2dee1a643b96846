using MlTransfer.Datasets.Images;
using MlTransfer.Datasets.Images.Png;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Tests.Extraction;

public sealed class FeatureExtractionTests : IDisposable
{
    private static readonly BackboneTap s_tap = new("mean", "mean:0", 3, false);

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    private readonly Backbone _backbone;

    public FeatureExtractionTests() => _backbone = new Backbone
    {
        Id = "mean",
        Title = "mean colour",
        GraphPath = Path.Combine(MlTransfer.Goldens.GoldenFolder.Repository, "Models", "inception_v3_nsfwjs.pb"),
        GraphSha256 = new string('0', 64),
        Source = "test",
        Licence = "MIT",
        Input = "input:0",
        Preprocessing = new ImagePreprocessing { Width = 4, Height = 4, Scaling = PixelScaling.None },
        Taps = [s_tap],
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_are_in_the_order_of_the_data_set_whatever_the_batch()
    {
        var dataset = Photos(23);
        foreach (var batch in new[] { 1, 3, 8, 64 })
        {
            var store = new MemoryFeatureStore();
            var result = Extraction(new MeanEngine(), store, batch).Run(dataset);
            Assert.Equal(23, result.Computed);
            Assert.Equal(dataset.Images, store.Rows.Select(row => row.Image));
            for (var i = 0; i < 23; i++)
            {
                Assert.Equal([i, 2 * i, 200 - i], store.Rows[i].Features.Select(value => MathF.Round(value)));
            }
        }
    }

    [Fact]
    public void The_second_run_computes_only_what_is_new_or_changed()
    {
        var cache = Path.Combine(_folder, "cache");
        var engine = new MeanEngine();
        var dataset = Photos(10);
        Assert.Equal(10, Update(cache, engine, dataset).Computed);

        var again = Update(cache, engine, dataset);
        Assert.Equal((0, 10), (again.Computed, again.Reused));

        Write(dataset.Images[3].FullPath, 99);
        File.Move(dataset.Images[4].FullPath, Path.Combine(_folder, "photos", "a", "renamed.png"));
        var changed = ImageFolderSource.Read(Path.Combine(_folder, "photos"));
        var third = Update(cache, engine, changed);
        Assert.Equal((1, 9), (third.Computed, third.Reused));
        Assert.Equal(11, engine.Images);

        using var stored = FeatureCache.OpenRead(cache);
        var row = new float[3];
        stored.ReadRow(stored.Entries.Single(entry => entry.Path == dataset.Images[3].Path).Row, row);
        Assert.Equal(99, MathF.Round(row[0]));
    }

    [Fact]
    public void Copies_are_computed_once_within_a_batch_and_across_batches()
    {
        var dataset = Photos(6);
        for (var i = 0; i < 6; i++)
        {
            File.Copy(dataset.Images[i].FullPath, Path.Combine(_folder, "photos", "b", $"copy{i}.png"));
            File.Copy(dataset.Images[i].FullPath, Path.Combine(_folder, "photos", "a", $"copy{i}.png"));
        }

        var engine = new MeanEngine();
        var store = new MemoryFeatureStore();
        var result = Extraction(engine, store, 4).Run(ImageFolderSource.Read(Path.Combine(_folder, "photos")));
        Assert.Equal((6, 12), (result.Computed, result.Reused));
        Assert.Equal(6, engine.Images);
        Assert.Equal(18, store.Rows.Count);
    }

    [Fact]
    public void An_unreadable_image_is_listed_and_the_others_are_done()
    {
        var dataset = Photos(5);
        File.WriteAllBytes(dataset.Images[1].FullPath, File.ReadAllBytes(dataset.Images[1].FullPath)[..40]);
        File.WriteAllText(dataset.Images[2].FullPath, "no picture");
        File.Delete(dataset.Images[3].FullPath);
        var store = new MemoryFeatureStore();
        var result = Extraction(new MeanEngine(), store, 8).Run(dataset);
        Assert.Equal(2, result.Computed);
        Assert.Equal(dataset.Images.Skip(1).Take(3).Select(image => image.Path), result.Faults.Select(fault => fault.Path));
        Assert.All(result.Faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Reason)));
    }

    [Theory]
    [InlineData(OnImageError.Skip)]
    [InlineData(OnImageError.Stop)]
    public void An_image_that_can_not_be_read_any_more_loses_the_features_it_had(OnImageError onError)
    {
        var cache = Path.Combine(_folder, "cache");
        var dataset = Photos(4);
        Update(cache, new MeanEngine(), dataset);
        var kept = File.ReadAllBytes(dataset.Images[2].FullPath);
        File.WriteAllText(dataset.Images[2].FullPath, "no picture");
        using (var open = FeatureCache.Open(cache, FeatureExtraction.KeyOf(_backbone, s_tap)))
        {
            using var extractor = new FeatureExtractor(_backbone, [s_tap], new MeanEngine());
            var extraction = new FeatureExtraction(extractor, new CacheFeatureStore(open), new ExtractionOptions { OnError = onError });
            Assert.IsType(onError == OnImageError.Stop ? typeof(ImageFaultException) : typeof(int), Record.Exception(() => extraction.Run(dataset)) ?? (object)0);
        }

        using (var stored = FeatureCache.OpenRead(cache))
        {
            Assert.Equal([0, 1, 3], stored.Entries.Select(entry => int.Parse(Path.GetFileNameWithoutExtension(entry.Path), System.Globalization.CultureInfo.InvariantCulture)));
        }

        File.WriteAllBytes(dataset.Images[2].FullPath, kept);
        Assert.Equal((0, 4), (Update(cache, new MeanEngine(), dataset) is var again ? again.Computed : -1, again.Reused));
    }

    [Fact]
    public void On_error_stop_ends_at_the_image_and_saves_what_was_done()
    {
        var dataset = Photos(9);
        File.WriteAllText(dataset.Images[6].FullPath, "no picture");
        var cache = Path.Combine(_folder, "cache");
        using (var open = FeatureCache.Open(cache, FeatureExtraction.KeyOf(_backbone, s_tap)))
        {
            using var extractor = new FeatureExtractor(_backbone, [s_tap], new MeanEngine());
            var extraction = new FeatureExtraction(extractor, new CacheFeatureStore(open), new ExtractionOptions { Batch = 2, OnError = OnImageError.Stop });
            var fault = Assert.Throws<ImageFaultException>(() => extraction.Run(dataset));
            Assert.Equal(dataset.Images[6].Path, fault.Fault.Path);
        }

        using var stored = FeatureCache.OpenRead(cache);
        Assert.Equal(6, stored.Entries.Count);
    }

    [Fact]
    public void Cancelling_saves_what_was_computed()
    {
        var dataset = Photos(40);
        var cache = Path.Combine(_folder, "cache");
        using var stop = new CancellationTokenSource();
        var engine = new MeanEngine();
        engine.OnRun = () =>
        {
            if (engine.Runs == 3)
            {
                stop.Cancel();
            }
        };
        using (var open = FeatureCache.Open(cache, FeatureExtraction.KeyOf(_backbone, s_tap)))
        {
            using var extractor = new FeatureExtractor(_backbone, [s_tap], engine);
            var extraction = new FeatureExtraction(extractor, new CacheFeatureStore(open), new ExtractionOptions { Batch = 4 });
            Assert.ThrowsAny<OperationCanceledException>(() => extraction.Run(dataset, null, stop.Token));
        }

        using var stored = FeatureCache.OpenRead(cache);
        Assert.Equal(16, stored.Entries.Count);
        Assert.Equal(24, Update(cache, new MeanEngine(), dataset).Computed);
    }

    [Fact]
    public void Progress_adds_up()
    {
        var states = new List<ExtractionProgress>();
        Extraction(new MeanEngine(), new MemoryFeatureStore(), 4).Run(Photos(10), new Recorder(states));
        Assert.Equal(10, states[^1].Done);
        Assert.Equal(10, states[^1].Saved);
        Assert.All(states, state => Assert.Equal(state.Done, state.Computed + state.Reused + state.Faults));
        Assert.True(states[^1].ImagesPerSecond > 0);
    }

    private static void Write(string path, int number)
    {
        var samples = new byte[6 * 5 * 3];
        for (var i = 0; i < samples.Length; i += 3)
        {
            (samples[i], samples[i + 1], samples[i + 2]) = ((byte)number, (byte)(2 * number), (byte)(200 - number));
        }

        File.WriteAllBytes(path, PngEncoder.Encode(new ImageBuffer(6, 5, 3, samples)));
    }

    private FeatureExtraction Extraction(IGraphEngine engine, IFeatureStore store, int batch) =>
        new(new FeatureExtractor(_backbone, [s_tap], engine), store, new ExtractionOptions { Batch = batch });

    private ExtractionResult Update(string cache, IGraphEngine engine, ImageDataset dataset)
    {
        using var open = FeatureCache.Open(cache, FeatureExtraction.KeyOf(_backbone, s_tap));
        return Extraction(engine, new CacheFeatureStore(open), 4).Run(dataset);
    }

    private ImageDataset Photos(int count)
    {
        var root = Path.Combine(_folder, "photos");
        foreach (var label in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(root, label));
        }

        for (var i = 0; i < count; i++)
        {
            Write(Path.Combine(root, i < count / 2 ? "a" : "b", $"{i:000}.png"), i);
        }

        return ImageFolderSource.Read(root);
    }

    private sealed class Recorder(List<ExtractionProgress> states) : IProgress<ExtractionProgress>
    {
        public void Report(ExtractionProgress value) => states.Add(value);
    }
}
