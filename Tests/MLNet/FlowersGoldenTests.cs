using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Features.Cache;
using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.ML.Tests;

/// <summary>Real photos and the real network: the pipeline against the command line, and our head against ML.NET's own trainers on the same features.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "flowers")]
public sealed class FlowersGoldenTests(ITestOutputHelper log)
{
    private const int Folds = 5;
    private const string Tap = "mixed8";

    [SkippableFact]
    public async Task Features_are_those_of_the_command_line_and_the_head_is_as_accurate_as_ML_NETs()
    {
        var photos = GoldenFolder.At("flowers", "photos");
        Skip.IfNot(Directory.Exists(photos), "the photos are not part of the repository; MLTRANSFER_SHARED names the folder that has them");
        var folder = Directory.CreateTempSubdirectory("mltransfer-flowers-").FullName;
        try
        {
            var (code, _, error) = await SampleProgram.CommandLineAsync(folder, ["extract-features", "--images", photos, "--tensor", Tap, "--cache", "theirs.features"]);
            Assert.True(code == 0, error);

            var ml = new MLContext(seed: 1);
            var data = ml.Data.LoadImageFolder(photos);
            var features = ml.Transforms.ExtractBottleneckFeatures("Features", "ImagePath", new() { CacheFolder = Path.Combine(folder, "ours.features"), Backbone = new() { Tensor = Tap } }).Fit(data).Transform(data);
            AssertSameRows(Path.Combine(folder, "theirs.features"), photos, features);
            Compare(ml, features);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertSameRows(string cacheFolder, string root, IDataView features)
    {
        using var cache = FeatureCache.OpenRead(cacheFolder);
        var expected = cache.Entries.Zip(cache.ReadAll().Chunk(cache.Key.Dimension)).ToDictionary(pair => pair.First.Path, pair => pair.Second);
        var rows = 0;
        foreach (var (path, row) in features.GetColumn<string>("ImagePath").Zip(Pipelines.FeaturesOf(features)))
        {
            var name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');
            Assert.True(expected[name].AsSpan().SequenceEqual(row), $"{name}: other features than the command line's");
            rows++;
        }

        Assert.Equal(expected.Count, rows);
    }

    private void Compare(MLContext ml, IDataView features)
    {
        var keyed = ml.Data.Cache(ml.Transforms.Conversion.MapValueToKey("Label").Fit(features).Transform(features), "Label", "Features");
        _ = keyed.GetColumn<float[]>("Features").Count();
        var trainers = ml.MulticlassClassification.Trainers;
        (string Name, IEstimator<ITransformer> Trainer)[] all =
        [
            ("SoftmaxHead", trainers.SoftmaxHead()),
            ("LbfgsMaximumEntropy", trainers.LbfgsMaximumEntropy()),
            ("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy()),
        ];
        var table = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{"trainer",-22}{"accuracy",10}{"log loss",10}{"seconds a fold",16}"));
        var accuracy = new List<double>();
        foreach (var (name, trainer) in all)
        {
            var clock = Stopwatch.StartNew();
            var results = ml.MulticlassClassification.CrossValidate(keyed, trainer, Folds, seed: 1);
            accuracy.Add(results.Average(result => result.Metrics.MicroAccuracy));
            table.AppendLine().Append(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-22}{accuracy[^1],10:0.0000}{results.Average(result => result.Metrics.LogLoss),10:0.0000}{clock.Elapsed.TotalSeconds / Folds,16:0.00}"));
        }

        log.WriteLine(table.ToString());
        // Which photos are in which fold moves an accuracy by about its standard error.
        var rows = features.GetRowCount()!.Value;
        Assert.All(accuracy.Skip(1), other => Assert.True(accuracy[0] >= other - Math.Sqrt(other * (1 - other) / rows), table.ToString()));
    }
}
