using Microsoft.ML;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;

namespace MlTransfer.ML.Tests.Extraction;

/// <summary>The cache on the disk is the same as that of the other libraries, in both directions.</summary>
public sealed class CacheTests : IDisposable
{
    private readonly Pictures _pictures = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly ColourEngine _engine = new();
    private readonly Backbone _backbone = BackboneCatalog.Load().Backbones[0];

    private BackboneTap Tap => _backbone.Taps[0];

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void What_an_extraction_saved_is_not_computed_again()
    {
        var folder = _pictures.At("theirs.features");
        var expected = Extract(folder);
        var computed = _engine.Images;
        Assert.Equal(expected, Pipelines.FeaturesOf(Transform(folder)));
        Assert.Equal(computed, _engine.Images);
    }

    [Fact]
    public void What_a_pipeline_saved_is_not_computed_again_and_has_names_and_labels()
    {
        var folder = _pictures.At("ours.features");
        var features = Pipelines.FeaturesOf(Transform(folder));
        Assert.Equal(_pictures.Count, _engine.Images);
        using (var cache = FeatureCache.OpenRead(folder))
        {
            var photos = ImageFolderSource.Read(_pictures.Root);
            Assert.Equal(photos.Images.Select(image => (image.Path, image.Label)), cache.Entries.Select(entry => (entry.Path, entry.Label)));
        }

        // The folder is free again: another writer can open it.
        Assert.Equal(features, Extract(folder));
        Assert.Equal(_pictures.Count, _engine.Images);
    }

    [Fact]
    public void A_cache_that_is_deleted_or_filled_by_others_is_noticed_at_the_next_walk()
    {
        var folder = _pictures.At("shared.features");
        var output = Transform(folder);
        _ = Pipelines.FeaturesOf(output);
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal(_pictures.Count, _engine.Images);
        Directory.Delete(folder, recursive: true);
        _ = Pipelines.FeaturesOf(output);
        Assert.Equal(2 * _pictures.Count, _engine.Images);

        File.WriteAllBytes(Path.Combine(_pictures.Root, "red", "new.png"), Pictures.Png("red", 50));
        _ = Extract(folder);
        Assert.Equal(2 * _pictures.Count + 1, _engine.Images);
        Assert.Equal(_pictures.Count + 1, Pipelines.FeaturesOf(Transform(folder)).Length);
        Assert.Equal(2 * _pictures.Count + 1, _engine.Images);
    }

    [Fact]
    public void Labels_that_are_keys_already_are_saved_by_name()
    {
        var folder = _pictures.At("keys.features");
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        _ = Pipelines.Whole(_ml, _engine, new() { CacheFolder = folder }).Fit(data);
        using var cache = FeatureCache.OpenRead(folder);
        Assert.Equal(Pictures.Labels, cache.Entries.Select(entry => entry.Label).Distinct().Order());
        Assert.Equal(_pictures.Count, _engine.Images);
    }

    [Fact]
    public void Folds_and_walks_share_one_cache()
    {
        var folder = _pictures.At("folds.features");
        var results = _ml.MulticlassClassification.CrossValidate(_ml.Data.LoadImageFolder(_pictures.Root), Pipelines.Whole(_ml, _engine, new() { CacheFolder = folder }), numberOfFolds: 3);
        Assert.Equal(3, results.Count);
        Assert.Equal(_pictures.Count, _engine.Images);
    }

    [Fact]
    public void A_prediction_looks_into_the_cache_and_adds_nothing()
    {
        var folder = _pictures.At("prediction.features");
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = _engine, CacheFolder = folder }).Fit(data);
        var saved = Pipelines.FeaturesOf(model.Transform(data));
        var extra = _pictures.At("extra.png");
        File.WriteAllBytes(extra, Pictures.Png("red", 77));
        using var engine = _ml.Model.CreatePredictionEngine<ImageFolderRow, FeaturesRow>(model);
        Assert.Equal(saved[0], engine.Predict(new ImageFolderRow { ImagePath = _pictures.Files.First() }).Features);
        Assert.Equal(_pictures.Count, _engine.Images);
        Assert.NotEqual(saved[0], engine.Predict(new ImageFolderRow { ImagePath = extra }).Features);
        Assert.Equal(_pictures.Count + 1, _engine.Images);
        using var cache = FeatureCache.OpenRead(folder);
        Assert.Equal(_pictures.Count, cache.RowCount);
    }

    private IDataView Transform(string folder)
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        return _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = _engine, CacheFolder = folder }).Fit(data).Transform(data);
    }

    /// <summary>The way of the command line.</summary>
    private float[][] Extract(string folder)
    {
        using var cache = FeatureCache.Open(folder, FeatureExtraction.KeyOf(_backbone, Tap));
        using var extractor = new FeatureExtractor(_backbone, [Tap], _engine);
        new FeatureExtraction(extractor, new CacheFeatureStore(cache)).Run(ImageFolderSource.Read(_pictures.Root));
        return [.. cache.ReadAll().Chunk(Tap.Dimension)];
    }

    private sealed class FeaturesRow
    {
        public float[] Features { get; set; } = [];
    }
}
