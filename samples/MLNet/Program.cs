// An ML.NET pipeline on photos: `train [FOLDER [MODEL.zip]]` (a folder with one folder a label; default: the sample that ships), `predict MODEL.zip IMAGE…`,
// `compare FEATURES.npy LABELS.npy` (our trainer and ML.NET's on one matrix).
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Datasets.Samples;
using MlTransfer.ML;
using MLNetSample;

var ml = new MLContext(seed: 1);
try
{
    switch (args)
    {
        case [] or ["train"] or ["train", _] or ["train", _, _]:
            Train(args.ElementAtOrDefault(1) ?? SampleDataset.Locate(), args.ElementAtOrDefault(2) ?? "model.zip");
            return 0;
        case ["predict", var model, .. { Length: > 0 } images]:
            Predict(model, images);
            return 0;
        case ["compare", var features, var labels]:
            TrainerComparison.Run(ml, features, labels);
            return 0;
        default:
            Console.Error.WriteLine("Usage: train [FOLDER [MODEL.zip]] | predict MODEL.zip IMAGE… | compare FEATURES.npy LABELS.npy");
            return 2;
    }
}
#pragma warning disable CA1031 // The outermost place: whatever went wrong is said in one line.
catch (Exception fault)
#pragma warning restore CA1031
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

void Train(string folder, string path)
{
    var photos = ml.Data.LoadImageFolder(folder, notice: Console.WriteLine);
    var split = ml.Data.TrainTestSplit(photos, testFraction: 0.2);
    var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { CacheFolder = path + ".features", Backbone = new() { Tensor = "mixed8" }, Progress = new ConsoleProgress() }))
        .Append(ml.MulticlassClassification.Trainers.SoftmaxHead())
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    Console.WriteLine($"Extracting the features of {photos.GetRowCount()} images and fitting a head …");
    var model = pipeline.Fit(split.TrainSet);
    ml.Model.Save(model, photos.Schema, path);

    // Evaluation wants PredictedLabel as a key, so it looks at the model before the last step.
    var metrics = ml.MulticlassClassification.Evaluate(new TransformerChain<ITransformer>([.. model.SkipLast(1)]).Transform(split.TestSet), topKPredictionCount: 3);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Test accuracy {metrics.MicroAccuracy:0.0000}, top-3 {metrics.TopKAccuracy:0.0000}, log loss {metrics.LogLoss:0.0000}"));
    Console.WriteLine($"Written: {path}. Next: predict {path} IMAGE");
}

void Predict(string path, string[] images)
{
    ml.RegisterTransferModels();
    using var engine = ml.Model.CreatePredictionEngine<Photo, Prediction>(ml.Model.Load(path, out _));
    var names = default(VBuffer<ReadOnlyMemory<char>>);
    engine.OutputSchema["Score"].GetSlotNames(ref names);
    foreach (var image in images)
    {
        var prediction = engine.Predict(new Photo { ImagePath = image });
        var scores = names.DenseValues().Zip(prediction.Score).OrderByDescending(pair => pair.Second).Take(3);
        Console.WriteLine($"{image}: {prediction.PredictedLabel} ({string.Join(", ", scores.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First} {pair.Second:R}")))})");
    }
}
