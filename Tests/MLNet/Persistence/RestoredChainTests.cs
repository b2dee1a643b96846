using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.ML.Tests.Heads;

namespace MlTransfer.ML.Tests.Persistence;

/// <summary>Restoring leaves what is not ours as it was, and keeps what applies when.</summary>
[Collection(nameof(SavedModelTests))]
public sealed class RestoredChainTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_model_without_our_parts_is_given_back_itself()
    {
        var data = _ml.Data.LoadFromEnumerable([new Row { Text = "a" }]);
        var copy = _ml.Transforms.CopyColumns("Copy", "Text").Fit(data);
        Assert.Same(copy, _ml.RestoreTransferModel(copy));
        ITransformer chain = new TransformerChain<ITransformer>(copy, _ml.Transforms.CopyColumns("Again", "Copy").Fit(copy.Transform(data)));
        Assert.Same(chain, _ml.RestoreTransferModel(chain));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_chain_that_is_only_shaped_like_a_saved_head_is_given_back_itself(bool copies)
    {
        var data = _ml.Data.LoadFromEnumerable(Clouds.Rows());
        var first = _ml.Transforms.Conversion.MapValueToKey("Label");
        var second = copies ? _ml.Transforms.CopyColumns("Copy", "Label") : _ml.Transforms.CopyColumns("Copy", "Features");
        var keyed = first.Fit(data);
        var copied = second.Fit(keyed.Transform(data));
        var predictor = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(copied.Transform(keyed.Transform(data)));
        ITransformer chain = copies ? new TransformerChain<ITransformer>(copied, keyed, predictor) : new TransformerChain<ITransformer>(keyed, copied, predictor);
        Assert.Same(chain, _ml.RestoreTransferModel(chain));
    }

    [Fact]
    public void Scopes_of_a_chain_are_kept()
    {
        using var pictures = new Pictures(each: 2);
        var engine = new ColourEngine();
        _ml.RegisterTransferModels(new LoadedModelOptions { Engine = engine });
        var data = _ml.Data.LoadImageFolder(pictures.Root);
        var trainingOnly = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        var features = _ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { Engine = engine }).Fit(data);
        var model = new TransformerChain<ITransformer>(
            [trainingOnly, features], [TransformerScope.TrainTest, TransformerScope.Everything]);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        var loaded = _ml.Model.Load(file, out _);
        var restored = Assert.IsType<TransformerChain<ITransformer>>(_ml.RestoreTransferModel(loaded));
        Assert.Equal(2, restored.GetModelFor(TransformerScope.Training).Count());
        Assert.Equal(2, restored.GetModelFor(TransformerScope.Testing).Count());
        Assert.Single(restored.GetModelFor(TransformerScope.Scoring));
        Assert.IsType<TextDataViewType>(restored.Transform(data).Schema["Label"].Type, exactMatch: false);
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
