using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Extraction;

/// <summary>Several taps in one pass over the images.</summary>
public sealed class TapStoresTests : IDisposable
{
    private static readonly BackboneTap[] s_taps = [new("mean", "mean:0", 3, false), new("double", "double:0", 2, false)];

    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;
    private readonly Backbone _backbone = new()
    {
        Id = "two",
        Title = "two taps",
        GraphPath = Path.Combine(MlTransfer.Goldens.GoldenFolder.Repository, "Models", "inception_v3_nsfwjs.pb"),
        GraphSha256 = new string('0', 64),
        Source = "test",
        Licence = "MIT",
        Input = "input:0",
        Preprocessing = new ImagePreprocessing { Width = 2, Height = 2, Scaling = PixelScaling.None },
        Taps = s_taps,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_tap_fills_its_store_and_the_network_runs_once_an_image()
    {
        var dataset = Photos(11);
        var engine = new TwoTapEngine();
        MemoryFeatureStore[] stores = [new(), new()];
        var result = Run(engine, stores, dataset);
        Assert.Equal((11, 11), (result.Computed, engine.Images));
        for (var i = 0; i < 11; i++)
        {
            var mean = stores[0].Rows[i].Features;
            Assert.Equal(3, mean.Length);
            Assert.Equal([2 * mean[0], 2 * mean[1]], stores[1].Rows[i].Features);
            Assert.Equal(dataset.Images[i], stores[1].Rows[i].Image);
        }
    }

    [Fact]
    public void An_image_that_one_tap_lacks_is_computed_for_it_and_reused_by_the_others()
    {
        var dataset = Photos(6);
        var engine = new TwoTapEngine();
        var first = new MemoryFeatureStore();
        using (var extractor = new FeatureExtractor(_backbone, [s_taps[0]], engine))
        {
            new FeatureExtraction(extractor, first).Run(new ImageDataset { Images = [.. dataset.Images.Take(4)], Labels = dataset.Labels, Notices = [], Root = dataset.Root });
        }

        var second = new MemoryFeatureStore();
        var result = Run(engine, [first, second], dataset);
        Assert.Equal((6, 0), (result.Computed, result.Reused));
        Assert.Equal(4 + 6, engine.Images);
        Assert.Equal(6, second.Rows.Count);
        Assert.Equal(4 + 6, first.Rows.Count);
        Assert.Equal((0, 6), (Run(engine, [first, second], dataset).Computed, Run(engine, [first, second], dataset).Reused));
    }

    [Fact]
    public void There_must_be_a_store_a_tap()
    {
        using var extractor = new FeatureExtractor(_backbone, s_taps, new TwoTapEngine());
        Assert.Contains("has 2, stores there are 1", Assert.Throws<ArgumentException>(() => new FeatureExtraction(extractor, new MemoryFeatureStore())).Message, StringComparison.Ordinal);
    }

    private ExtractionResult Run(TwoTapEngine engine, IReadOnlyList<IFeatureStore> stores, ImageDataset dataset)
    {
        using var extractor = new FeatureExtractor(_backbone, s_taps, engine);
        return new FeatureExtraction(extractor, stores, new ExtractionOptions { Batch = 4 }).Run(dataset);
    }

    private ImageDataset Photos(int count)
    {
        var photos = Directory.CreateDirectory(Path.Combine(_folder, "photos", "a")).FullName;
        for (var i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(photos, $"{i}.bmp"), Bmp((byte)(10 * i)));
        }

        return ImageFolderSource.Read(Path.Combine(_folder, "photos"));
    }

    private static byte[] Bmp(byte level)
    {
        byte[] header = [(byte)'B', (byte)'M', 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0];
        return [.. header, .. new byte[24], level, (byte)(level / 2), 7, 0];
    }

    /// <summary>Two taps: the mean of each colour, and twice the first two of them.</summary>
    private sealed class TwoTapEngine : IGraphEngine
    {
        public int Images { get; private set; }

        public string Name => "two";

        public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null) => new Session(this, fetches);

        private sealed class Session(TwoTapEngine engine, IReadOnlyList<string> fetches) : IGraphSession
        {
            public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default)
            {
                var images = feeds[0].Shape[0];
                engine.Images += images;
                var pixels = feeds[0].AsSpan<float>();
                var length = pixels.Length / images;
                var (means, doubles) = (new float[images * 3], new float[images * 2]);
                for (var i = 0; i < pixels.Length; i++)
                {
                    means[(i / length * 3) + (i % 3)] += pixels[i] / (length / 3);
                }

                for (var i = 0; i < doubles.Length; i++)
                {
                    doubles[i] = 2 * means[(i / 2 * 3) + (i % 2)];
                }

                return [.. fetches.Select(fetch => fetch == "mean:0" ? Tensor.From(new TensorShape(images, 3), means) : Tensor.From(new TensorShape(images, 2), doubles))];
            }

            public void Dispose()
            {
            }
        }
    }
}
