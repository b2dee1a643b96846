using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MlTransfer.ML.Extraction;
using MlTransfer.ML.Heads;
using MlTransfer.ML.Persistence;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Tests.Persistence;

/// <summary>Models through ML.NET's zip files: the same values and the same schema come back, in this process and in another.</summary>
[Collection(nameof(SavedModelTests))]
public sealed class SavedModelTests : IDisposable
{
    private readonly Pictures _pictures = new();
    private readonly MLContext _ml = new(seed: 1);
    private readonly ColourEngine _engine = new();

    public SavedModelTests() => new MLContext().RegisterTransferModels(new LoadedModelOptions { Engine = _engine });

    public void Dispose()
    {
        new MLContext().RegisterTransferModels(new LoadedModelOptions());
        _pictures.Dispose();
    }

    [Fact]
    public void A_whole_pipeline_gives_equal_values_after_loading_and_after_restoring()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var expected = model.Transform(data);
        var (fresh, loaded) = Reload(model, data);

        var output = loaded.Transform(fresh.Data.LoadImageFolder(_pictures.Root));
        AssertSameColumns(expected.Schema, output.Schema);
        AssertEqualValues(expected, output);

        var restored = fresh.RestoreTransferModel(loaded);
        output = restored.Transform(fresh.Data.LoadImageFolder(_pictures.Root));
        AssertSameColumns(expected.Schema, output.Schema);
        AssertEqualValues(expected, output);
        var parts = Assert.IsType<TransformerChain<ITransformer>>(restored).ToArray();
        Assert.Single(parts.OfType<BottleneckFeaturesTransformer>());
        var head = Assert.Single(parts.OfType<SoftmaxHeadTransformer>());
        Assert.Equal(model.OfType<SoftmaxHeadTransformer>().Single().Head.Description.TrainerOptions, head.Head.Description.TrainerOptions);
        head.SaveHead(_pictures.At("restored.head"));
        Assert.Equal(Pictures.Labels, ClassifierHead.Load(_pictures.At("restored.head")).Labels);
    }

    [Fact]
    public void A_restored_model_computes_in_batches_and_saves_again()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var (fresh, loaded) = Reload(model, data);
        var runs = _engine.Runs;
        var expected = loaded.Transform(data).GetColumn<float[]>("Score").ToArray();
        Assert.Equal(runs + _pictures.Count, _engine.Runs);
        var restored = fresh.RestoreTransferModel(loaded);
        Assert.Equal(expected, restored.Transform(data).GetColumn<float[]>("Score"));
        Assert.Equal(runs + _pictures.Count + _pictures.Count / 8, _engine.Runs);
        var (_, again) = Reload(restored, data);
        Assert.Equal(expected, again.Transform(data).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void A_loaded_model_that_is_saved_again_stays_equal()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var (_, loaded) = Reload(model, data);
        var (_, again) = Reload(loaded, data);
        AssertEqualValues(model.Transform(data), again.Transform(data));
    }

    [Fact]
    public void ML_NETs_own_trainer_on_the_features_comes_back_too()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = _engine }))
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 20))
            .Fit(data);
        var (_, loaded) = Reload(model, data);
        AssertEqualValues(model.Transform(data), loaded.Transform(data));
    }

    [Fact]
    public void Bytes_and_images_come_back_too()
    {
        var files = _pictures.Files.ToArray();
        var bytes = _ml.Data.LoadFromEnumerable(files.Select(file => new BytesRow { Image = File.ReadAllBytes(file) }).ToList());
        var images = _ml.Data.LoadFromEnumerable(files.Select(file => new ImageRow { Image = MLImage.CreateFromFile(file) }).ToList());
        foreach (var data in new[] { bytes, images })
        {
            var model = _ml.Transforms.ExtractBottleneckFeatures("Features", "Image", new() { Engine = _engine }).Fit(data);
            var (_, loaded) = Reload(model, data);
            Assert.Equal(Pipelines.FeaturesOf(model.Transform(data)), Pipelines.FeaturesOf(loaded.Transform(data)));
        }
    }

    [Theory]
    [InlineData("mixed0")]
    [InlineData("mixed5")]
    [InlineData("mixed8")]
    public void Features_of_any_number_come_back_as_a_vector_of_known_size(string tap)
    {
        var dimension = MlTransfer.Features.Backbones.BackboneCatalog.Load().Backbones[0].Tap(tap).Dimension;
        var engine = new ColourEngine(dimension);
        new MLContext().RegisterTransferModels(new LoadedModelOptions { Engine = engine });
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = engine, Backbone = new() { Tensor = tap } }).Fit(data);
        var (_, loaded) = Reload(model, data);
        var output = loaded.Transform(data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, dimension), output.Schema["Features"].Type);
        Assert.Equal(Pipelines.FeaturesOf(model.Transform(data)), Pipelines.FeaturesOf(output));
    }

    [Fact]
    public void A_loaded_model_serves_single_predictions()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var expected = model.Transform(data).GetColumn<float[]>("Score").ToArray();
        var (fresh, loaded) = Reload(model, data);
        using var before = _ml.Model.CreatePredictionEngine<ImageFolderRow, Prediction>(model);
        using var engine = fresh.Model.CreatePredictionEngine<ImageFolderRow, Prediction>(loaded);
        foreach (var (index, file) in _pictures.Files.Index())
        {
            Assert.Equal(expected[index], before.Predict(new ImageFolderRow { ImagePath = file }).Score);
            Assert.Equal(expected[index], engine.Predict(new ImageFolderRow { ImagePath = file }).Score);
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        engine.OutputSchema["Score"].GetSlotNames(ref names);
        Assert.Equal(Pictures.Labels, names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Prediction_engines_of_one_model_work_in_parallel()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var expected = model.Transform(data).GetColumn<float[]>("Score").ToArray();
        var (fresh, loaded) = Reload(model, data);
        var files = _pictures.Files.ToArray();
        // As PredictionEnginePool does it: an engine a thread, all on one model.
        Parallel.For(0, 4, part =>
        {
            using var engine = fresh.Model.CreatePredictionEngine<ImageFolderRow, Prediction>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
            for (var i = part; i < files.Length; i += 4)
            {
                Assert.Equal(expected[i], engine.Predict(new ImageFolderRow { ImagePath = files[i] }).Score);
            }
        });
    }

    [Fact]
    public void A_head_of_another_backbone_is_refused_live_and_restored()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = Pipelines.Whole(_ml, _engine).Fit(data);
        var head = model.OfType<SoftmaxHeadTransformer>().Single();
        var other = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = new ColourEngine(768), Backbone = new() { Tensor = "mixed5" } }).Fit(data).Transform(data);
        Assert.Contains("mixed5", Assert.Throws<HeadMismatchException>(() => head.Transform(other)).Message, StringComparison.Ordinal);
        Assert.Throws<HeadMismatchException>(() => head.GetOutputSchema(other.Schema));
        Assert.Throws<HeadMismatchException>(() => head.GetRowToRowMapper(other.Schema));

        var (fresh, loaded) = Reload(head, data);
        Assert.Throws<HeadMismatchException>(() => fresh.RestoreTransferModel(loaded).Transform(other));

        head.SaveHead(_pictures.At("bottleneck.head"));
        Assert.Throws<HeadMismatchException>(() => _ml.MulticlassClassification.LoadSoftmaxHead(_pictures.At("bottleneck.head")).Transform(other));
    }

    [Fact]
    public void A_network_that_is_not_to_be_found_is_named()
    {
        var state = new FeatureState("mine", new string('b', 64), "x:0", 4, "rgb;tf-legacy-bilinear;8x8;zero-one;feed=y:0", null, "ImagePath", ImageColumnKind.Path, "Features", 8, OnBadImage.Stop);
        var fault = Assert.ThrowsAny<Exception>(() => LoadedNetworks.Restore(FeatureState.Parse(state.ToText()), null));
        Assert.Contains("mine", fault.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => FeatureState.Parse("{}"));
    }

    [Fact]
    public void A_network_that_is_put_right_is_found_at_the_next_prediction()
    {
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var (fresh, loaded) = Reload(_ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = _engine }).Fit(data), data);
        var graph = _pictures.At("network.pb");
        fresh.RegisterTransferModels(new LoadedModelOptions { Engine = _engine, Model = graph });
        Assert.ThrowsAny<Exception>(() => Pipelines.FeaturesOf(loaded.Transform(data)));
        File.Copy(MlTransfer.Features.Backbones.BackboneCatalog.Load().Backbones[0].GraphPath, graph);
        Assert.Equal(_pictures.Count, Pipelines.FeaturesOf(loaded.Transform(data)).Length);
    }

    [Fact]
    public async Task Another_process_predicts_the_same_from_the_file_alone()
    {
        // The real network this time, on few pictures: the other process has no engine of a test.
        var data = _ml.Data.LoadImageFolder(_pictures.Root);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath"))
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxHead())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
        _ml.Model.Save(model, data.Schema, _pictures.At("model.zip"));
        string[] files = [.. Pictures.Labels.Select(label => Path.Combine(_pictures.Root, label, "3.png"))];
        using var engine = _ml.Model.CreatePredictionEngine<ImageFolderRow, TextPrediction>(model);
        var expected = files.Select(file => engine.Predict(new ImageFolderRow { ImagePath = file })).ToArray();

        var (code, output, error) = await SampleProgram.RunAsync(_pictures.Folder, ["predict", "model.zip", .. files]);
        Assert.True(code == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, lines.Length);
        foreach (var (line, prediction) in lines.Zip(expected))
        {
            Assert.Contains($": {prediction.PredictedLabel} (", line, StringComparison.Ordinal);
            Assert.All(
                Pictures.Labels.Zip(prediction.Score),
                pair => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{pair.First} {pair.Second:R}"), line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_sample_says_what_is_wrong()
    {
        Assert.Equal(2, (await SampleProgram.RunAsync(_pictures.Folder, ["dance"])).Code);
        var (code, _, error) = await SampleProgram.RunAsync(_pictures.Folder, ["train", "nowhere"]);
        Assert.Equal(1, code);
        Assert.Contains("nowhere", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private (MLContext Context, ITransformer Model) Reload(ITransformer model, IDataView data)
    {
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        var fresh = new MLContext(seed: 2);
        fresh.RegisterTransferModels();
        var loaded = fresh.Model.Load(file, out var schema);
        // ML.NET leaves columns of images out of a saved schema.
        Assert.Equal(data.Schema.Where(column => column.Type is not ImageDataViewType).Select(column => column.Name), schema.Select(column => column.Name));
        return (fresh, loaded);
    }

    private static void AssertSameColumns(DataViewSchema expected, DataViewSchema found) => Assert.Equal(
        expected.Where(column => !column.IsHidden).Select(column => (column.Name, column.Type)).OrderBy(column => column.Name),
        found.Where(column => !column.IsHidden).Select(column => (column.Name, column.Type)).OrderBy(column => column.Name));

    private static void AssertEqualValues(IDataView expected, IDataView found)
    {
        Assert.Equal(expected.GetColumn<float[]>("Features"), found.GetColumn<float[]>("Features"));
        Assert.Equal(expected.GetColumn<float[]>("Score"), found.GetColumn<float[]>("Score"));
        Assert.Equal(expected.GetColumn<uint>("PredictedLabel"), found.GetColumn<uint>("PredictedLabel"));
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class TextPrediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class BytesRow
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class ImageRow
    {
        [ImageType(7, 9)]
        public MLImage? Image { get; set; }

        public string Name { get; set; } = "";
    }
}
