using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Extraction;

namespace MlTransfer.ML.Tests.Extraction;

/// <summary>What cannot be worked on is refused wherever it comes up, and the message says what was found and what to do.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Pictures _pictures = new(each: 4);
    private readonly MLContext _ml = new(seed: 1);
    private readonly ColourEngine _engine = new();

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public void A_column_of_another_type_is_refused_by_promise_fit_transform_and_mapper()
    {
        var good = _ml.Data.LoadFromEnumerable(_pictures.Files.Select(file => new TextRow { Image = file }));
        var bad = _ml.Data.LoadFromEnumerable([new NumberRow { Image = 3 }]);
        var estimator = Estimator("Image");
        var transformer = estimator.Fit(good);
        Refused(() => estimator.GetOutputSchema(Pipelines.ShapeOf<NumberRow>(_ml)), "'Image'", "MLImage");
        Refused(() => estimator.Fit(bad), "'Image'", "Single", "MLImage");
        Refused(() => transformer.Transform(bad), "'Image'", "Single");
        Refused(() => transformer.GetOutputSchema(bad.Schema), "'Image'", "Single");
        Refused(() => transformer.GetRowToRowMapper(bad.Schema), "'Image'", "Single");
    }

    [Fact]
    public void A_missing_column_is_refused_and_those_there_are_are_named()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var estimator = Estimator("Photo");
        Refused(() => estimator.GetOutputSchema(Pipelines.ShapeOf<ImageFolderRow>(_ml)), "'Photo'", "ImagePath");
        Refused(() => estimator.Fit(data), "'Photo'", "ImagePath");
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("corrupt")]
    [InlineData("cut short")]
    [InlineData("no image")]
    [InlineData("empty name")]
    public void A_bad_image_throws_when_its_features_are_asked_for_and_names_itself(string kind)
    {
        var bad = Path.Combine(_pictures.Root, "green", "2.png");
        switch (kind)
        {
            case "missing":
                File.Delete(bad);
                break;
            case "corrupt":
                var bytes = File.ReadAllBytes(bad);
                bytes[^20] ^= 0x55;
                File.WriteAllBytes(bad, bytes);
                break;
            case "cut short":
                File.WriteAllBytes(bad, File.ReadAllBytes(bad)[..60]);
                break;
            case "no image":
                File.WriteAllText(bad, "not a picture");
                break;
        }

        var files = _pictures.Files.ToList();
        var place = files.IndexOf(bad);
        var data = _ml.Data.LoadFromEnumerable(files.Select(file => new TextRow { Image = kind == "empty name" && file == bad ? "" : file }));
        var output = Estimator("Image").Fit(data).Transform(data);
        using (var cursor = output.GetRowCursor(output.Schema))
        {
            var getter = cursor.GetGetter<VBuffer<float>>(output.Schema["Features"]);
            VBuffer<float> features = default;
            for (var i = 0; cursor.MoveNext(); i++)
            {
                if (i == place)
                {
                    var fault = Assert.Throws<ImageFaultException>(() => getter(ref features));
                    Assert.Contains(kind == "empty name" ? $"row {place}" : "green/2.png", fault.Message, StringComparison.Ordinal);
                }
                else
                {
                    getter(ref features);
                }
            }
        }

        var missing = Estimator("Image", new BottleneckFeaturesOptions { OnBadImage = OnBadImage.Missing }).Fit(data).Transform(data);
        Assert.All(Pipelines.FeaturesOf(missing).Index(), row => Assert.Equal(row.Index == place, row.Item.All(float.IsNaN)));
        Assert.Equal(files.Count - 1, _ml.Data.FilterRowsByMissingValues(missing, "Features").GetColumn<float[]>("Features").Count());
    }

    [Fact]
    public void An_unknown_network_or_tap_is_refused()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        Refused(() => Estimator("ImagePath", new() { Backbone = new BackboneRequest { Model = "inception-v9" } }).Fit(data), "inception-v9");
        Refused(() => Estimator("ImagePath", new() { Backbone = new BackboneRequest { Tensor = "mixed99" } }).Fit(data), "mixed99", "mixed8");
    }

    [Fact]
    public void A_cache_of_other_features_is_refused_at_fit()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var folder = _pictures.At("other.features");
        using (FeatureCache.Open(folder, new FeatureStoreKey("other", new string('a', 64), "x:0", 8, "none;feed=y:0")))
        {
            // Made and closed.
        }

        var fault = Assert.Throws<FeatureCacheException>(() => Estimator("ImagePath", new() { CacheFolder = folder }).Fit(data));
        Assert.Contains("CacheFolder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused()
    {
        var fault = Assert.Throws<DatasetException>(() => _ml.Data.LoadImageFolder(_pictures.At("nowhere")));
        Assert.Contains("nowhere", fault.Message, StringComparison.Ordinal);
    }

    private MlTransfer.ML.Extraction.BottleneckFeaturesEstimator Estimator(string column, BottleneckFeaturesOptions? options = null) =>
        _ml.Transforms.ExtractBottleneckFeatures("Features", column, (options ?? new()) with { Engine = _engine });

    private static void Refused(Func<object?> action, params string[] words)
    {
        var fault = Assert.ThrowsAny<ArgumentException>(action);
        Assert.All(words, word => Assert.Contains(word, fault.Message, StringComparison.Ordinal));
    }

    private sealed class TextRow
    {
        public string Image { get; set; } = "";
    }

    private sealed class NumberRow
    {
        public float Image { get; set; }
    }
}
