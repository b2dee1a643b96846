using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.ML.Heads;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Tests.Heads;

public sealed class SoftmaxHeadTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_promised_schema_is_delivered()
    {
        var data = Clouds.Data(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxHead();
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label");
        var promised = trainer.GetOutputSchema(keyed.GetOutputSchema(Clouds.Shape(_ml)));
        var head = trainer.Fit(data);
        Pipelines.AssertPromiseKept(promised, head.Transform(data).Schema);

        var output = head.GetOutputSchema(data.Schema);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, Clouds.Labels.Length), output["Score"].Type);
        Assert.Equal(Clouds.Labels, Texts(output["Score"], "SlotNames"));
        Assert.Equal(Clouds.Labels, Texts(output["PredictedLabel"], "KeyValues"));
    }

    [Fact]
    public void Weights_are_those_of_the_trainer_and_scores_those_of_the_head()
    {
        var data = Clouds.Data(_ml);
        var head = _ml.MulticlassClassification.Trainers.SoftmaxHead().Fit(data);
        var (matrix, labels) = Clouds.Matrix();
        var expected = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = Clouds.Labels }).Fit(matrix, labels).Weights;
        Assert.Equal(expected.Weight, head.Head.Weights.Weight);
        Assert.Equal(expected.Bias, head.Head.Weights.Bias);

        var scores = head.Transform(data).GetColumn<float[]>("Score").ToArray();
        var probabilities = head.Head.Predict(matrix).Chunk(Clouds.Labels.Length).ToArray();
        Assert.Equal(probabilities.Length, scores.Length);
        for (var row = 0; row < scores.Length; row++)
        {
            Assert.All(scores[row].Zip(probabilities[row]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
    }

    [Fact]
    public void Evaluation_cross_validation_and_feature_importance_take_it()
    {
        var data = Clouds.Data(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxHead();
        var head = trainer.Fit(data);
        var metrics = _ml.MulticlassClassification.Evaluate(head.Transform(data), topKPredictionCount: 2);
        Assert.Equal(trainer.LastFit!.Accuracy, metrics.MicroAccuracy, 1e-9);
        Assert.Equal(trainer.LastFit.LogLoss, metrics.LogLoss, 1e-4);
        Assert.InRange(metrics.TopKAccuracy, metrics.MicroAccuracy, 1);

        var folds = _ml.MulticlassClassification.CrossValidate(data, trainer, numberOfFolds: 3);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.MicroAccuracy, 0.8, 1));

        var importance = _ml.MulticlassClassification.PermutationFeatureImportance(head, data);
        Assert.Equal(Clouds.Dimension, importance.Length);
        // Only the first features tell the classes apart.
        Assert.True(importance[0].MicroAccuracy.Mean < -0.05, "the first feature should matter");
        Assert.InRange(importance[^1].MicroAccuracy.Mean, -0.05, 0.05);
    }

    [Fact]
    public void ML_NETs_own_trainers_take_the_same_data()
    {
        var data = Clouds.Data(_ml);
        IEstimator<ITransformer>[] trainers =
        [
            _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(),
            _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(),
            _ml.MulticlassClassification.Trainers.OneVersusAll(_ml.BinaryClassification.Trainers.AveragedPerceptron()),
        ];
        Assert.All(trainers, trainer => Assert.InRange(_ml.MulticlassClassification.Evaluate(trainer.Fit(data).Transform(data)).MicroAccuracy, 0.8, 1));
    }

    [Fact]
    public void A_prediction_engine_gives_label_and_scores()
    {
        var data = Clouds.Rows();
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxHead())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(_ml.Data.LoadFromEnumerable(data));
        var expected = model.Transform(_ml.Data.LoadFromEnumerable(data)).GetColumn<float[]>("Score").ToArray();
        using var engine = _ml.Model.CreatePredictionEngine<Clouds.Row, Prediction>(model);
        foreach (var (index, row) in data.Index())
        {
            var prediction = engine.Predict(row);
            Assert.Equal(expected[index], prediction.Score);
            Assert.Equal(Clouds.Labels[Array.IndexOf(prediction.Score, prediction.Score.Max())], prediction.PredictedLabel);
        }
    }

    [Fact]
    public void Key_values_of_numbers_stay_numbers()
    {
        var rows = Clouds.Rows().Select(row => new NumberedRow { Label = 10 * (1 + Array.IndexOf(Clouds.Labels, row.Label)), Features = row.Features }).ToArray();
        var data = _ml.Data.LoadFromEnumerable(rows);
        var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxHead())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
        Assert.Equal(["10", "20", "30"], model.OfType<SoftmaxHeadTransformer>().Single().Head.Labels);
        var right = model.Transform(data).GetColumn<int>("PredictedLabel").Zip(rows).Count(pair => pair.First == pair.Second.Label);
        Assert.InRange(right, 0.8 * rows.Length, rows.Length);
    }

    [Fact]
    public void Weights_of_rows_count_and_rows_without_a_label_do_not()
    {
        var (matrix, labels) = Clouds.Matrix();
        var rows = Clouds.Rows().Index().Select(row => new WeightedRow { Label = row.Item.Label, Features = row.Item.Features, Weight = 1 + row.Index % 3 }).ToList();
        rows.Insert(5, new WeightedRow { Label = "never seen", Features = rows[0].Features, Weight = 100 });
        var named = _ml.Data.LoadFromEnumerable(rows);
        var keys = _ml.Data.LoadFromEnumerable(Clouds.Labels.Select(label => new KeyRow { Label = label }));
        var data = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: keys).Fit(named).Transform(named);
        var head = _ml.MulticlassClassification.Trainers.SoftmaxHead(new SoftmaxHeadOptions { ExampleWeightColumnName = "Weight" }).Fit(data);
        double[] weights = [.. Enumerable.Range(0, labels.Length).Select(i => 1.0 + i % 3)];
        var expected = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = Clouds.Labels }).Fit(matrix, labels, weights).Weights;
        Assert.Equal(expected.Weight, head.Head.Weights.Weight);
    }

    [Fact]
    public void Another_trainer_of_softmax_heads_can_be_named()
    {
        var data = Clouds.Data(_ml);
        var (matrix, labels) = Clouds.Matrix();
        var head = _ml.MulticlassClassification.Trainers.SoftmaxHead(new SoftmaxHeadOptions { Trainer = names => new MiniBatchTrainer(TrainerPresets.Create(TrainerPresets.KerasAdam, names)) }).Fit(data);
        var expected = new MiniBatchTrainer(TrainerPresets.Create(TrainerPresets.KerasAdam, Clouds.Labels)).Fit(new TrainingRows { Features = matrix, Labels = labels }).Weights;
        Assert.Equal(expected.Weight, head.Head.Weights.Weight);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxHead();
        var unkeyed = _ml.Data.LoadFromEnumerable(Clouds.Rows());
        Assert.Contains("MapValueToKey", Assert.ThrowsAny<ArgumentException>(() => trainer.Fit(unkeyed)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => trainer.GetOutputSchema(Clouds.Shape(_ml)));
        Assert.Contains("'Nothing'", Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.SoftmaxHead("Label", "Nothing").Fit(Clouds.Data(_ml))).Message, StringComparison.Ordinal);
        Assert.Contains("'Features'", Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.SoftmaxHead("Features").Fit(Clouds.Data(_ml))).Message, StringComparison.Ordinal);

        var rows = Clouds.Rows();
        rows[7].Features[2] = float.NaN;
        var missing = _ml.Transforms.Conversion.MapValueToKey("Label").Append(trainer);
        var fault = Assert.Throws<TrainingDataException>(() => missing.Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Contains("Row 7", fault.Message, StringComparison.Ordinal);
        Assert.Contains("FilterRowsByMissingValues", fault.Message, StringComparison.Ordinal);

        var one = _ml.Data.LoadFromEnumerable(Clouds.Rows().Where(row => row.Label == Clouds.Labels[0]));
        Assert.ThrowsAny<ArgumentException>(() => missing.Fit(one));
        Assert.Contains("no training rows", Assert.Throws<TrainingDataException>(() => trainer.Fit(_ml.Data.LoadFromEnumerable(Array.Empty<KeyedRow>()))).Message, StringComparison.Ordinal);

        var hashed = _ml.Transforms.Conversion.Hash("Label", numberOfBits: 31).Append(trainer);
        Assert.Contains("MapValueToKey", Assert.ThrowsAny<ArgumentException>(() => hashed.Fit(unkeyed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_the_rows_does_not_fill_the_log()
    {
        var rows = Enumerable.Repeat(Clouds.Rows(), 100).SelectMany(rows => rows);
        var data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(rows)).Transform(_ml.Data.LoadFromEnumerable(rows));
        var messages = 0;
        _ml.Log += (_, message) => messages += message.Message.Contains("Beginning optimization", StringComparison.Ordinal) ? 1 : 0;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        _ = _ml.MulticlassClassification.Trainers.SoftmaxHead().Fit(data);
        Assert.InRange(messages, 0, 2 + (clock.ElapsedMilliseconds / 100));
    }

    [Fact]
    public void A_loaded_head_is_evaluated_rightly_where_keys_are_in_its_order()
    {
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxHead().Fit(Clouds.Data(_ml));
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.head");
        try
        {
            fitted.Head.Save(file);
            var head = _ml.MulticlassClassification.LoadSoftmaxHead(file);
            var rows = _ml.Data.LoadFromEnumerable(Clouds.Rows().Reverse());
            var order = _ml.Data.LoadFromEnumerable(head.Head.Labels.Select(label => new { Label = label }));
            var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: order).Fit(rows).Transform(rows);
            Assert.InRange(_ml.MulticlassClassification.Evaluate(head.Transform(keyed)).MicroAccuracy, 0.8, 1);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_cancelled_execution_is_not_fitted_in()
    {
        var data = Clouds.Data(_ml);
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxHead();
        Pipelines.Cancel(_ml);
        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(data));
    }

    [Fact]
    public void Cancelling_while_it_fits_ends_it()
    {
        var data = Clouds.Data(_ml);
        var reports = 0;
        var options = new SoftmaxHeadOptions
        {
            L2 = 0,
            Tolerance = 0,
            Trainer = labels => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = labels, L2 = 0, Tolerance = 0, GradientTolerance = 0, MaxIterations = 1_000_000 }),
            Progress = new Direct(_ =>
            {
                if (++reports == 2)
                {
                    Pipelines.Cancel(_ml);
                }

                Thread.Sleep(60);
            }),
        };
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.MulticlassClassification.Trainers.SoftmaxHead(options).Fit(data));
        Assert.InRange(reports, 2, 10);
    }

    [Fact]
    public void A_head_file_is_a_transformer_and_a_fitted_head_without_an_origin_is_no_head_file()
    {
        var data = Clouds.Data(_ml);
        var fitted = _ml.MulticlassClassification.Trainers.SoftmaxHead().Fit(data);
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.head");
        try
        {
            Assert.Contains("ExtractBottleneckFeatures", Assert.Throws<InvalidOperationException>(() => fitted.SaveHead(file)).Message, StringComparison.Ordinal);
            Assert.False(File.Exists(file));
            fitted.Head.Save(file);
            var loaded = _ml.MulticlassClassification.LoadSoftmaxHead(file);
            Assert.Equal(fitted.Transform(data).GetColumn<float[]>("Score"), loaded.Transform(data).GetColumn<float[]>("Score"));
            Assert.Equal(fitted.Head.Labels, Texts(loaded.GetOutputSchema(data.Schema)["PredictedLabel"], "KeyValues"));
            File.WriteAllText(file, "no head");
            Assert.Throws<InvalidDataException>(() => _ml.MulticlassClassification.LoadSoftmaxHead(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 5000)]
    [InlineData(300, 17)]
    public void A_predictor_of_any_size_holds_exactly_the_weights(int classes, int features)
    {
        var random = new Random(classes + features);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? 0 : (float)(random.NextDouble() - 0.5) * MathF.Pow(10, i % 9 - 4))];
        var weights = new SoftmaxWeights(Numbers(classes * features), Numbers(classes));
        var made = MaximumEntropyModel.Create(weights, "Class", KeyValues.Of([.. Enumerable.Range(0, classes).Select(c => $"c{c}")]), "X");
        VBuffer<float>[] rows = [];
        made.Model.GetWeights(ref rows, out var count);
        Assert.Equal(classes, count);
        Assert.Equal(weights.Weight.ToArray(), rows.SelectMany(row => row.DenseValues()));
        Assert.Equal(weights.Bias.ToArray(), made.Model.GetBiases());
        Assert.Equal("X", made.FeatureColumnName);
    }

    private static string[] Texts(DataViewSchema.Column column, string annotation)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(annotation, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private sealed class Direct(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class KeyRow
    {
        public string Label { get; set; } = "";
    }

    private sealed class KeyedRow
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(Clouds.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class NumberedRow
    {
        public int Label { get; set; }

        [VectorType(Clouds.Dimension)]
        public float[] Features { get; set; } = [];
    }

    private sealed class WeightedRow
    {
        public string Label { get; set; } = "";

        public float Weight { get; set; }

        [VectorType(Clouds.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
