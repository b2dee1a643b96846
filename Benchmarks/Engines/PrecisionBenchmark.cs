using System.Diagnostics;
using System.Globalization;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Cache;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Extraction;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Evaluation;
using MlTransfer.Trainers.Heads;
using FeatureMatrix = MlTransfer.Trainers.FeatureMatrix;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>What reduced precision does to the features of photos and to the accuracy of heads fitted on them, and how fast it is.</summary>
internal sealed class PrecisionBenchmark : IBenchmark
{
    public string Name => "precision";

    public string Description => "int8 against float32 on a folder of label folders: speed, features, accuracy of a head (--photos DIR, --tap NAME)";

    public int Run(IReadOnlyList<string> arguments)
    {
        if (Options.Text(arguments, "--photos") is not { } folder || !Directory.Exists(folder))
        {
            Console.Error.WriteLine("Name a folder of label folders with --photos DIR.");
            return 2;
        }

        var photos = ImageFolderSource.Read(folder);
        var backbone = BackboneCatalog.Load().Backbones[0];
        var tap = Options.Text(arguments, "--tap") is { } name ? backbone.Tap(name) : backbone.Taps[0];
        var (exact, exactRate) = Extract(photos, backbone, tap);
        var (rounded, roundedRate) = Extract(photos, backbone with { Precision = Precision.Int8 }, tap);
        var (difference, cosine) = Compare(exact, rounded);
        var split = StratifiedSplit.Assign([.. photos.Images.Select(image => image.Label)], testFraction: 0.2, validationFraction: 0, seed: 42);
        int[] labels = [.. photos.Images.Select(image => photos.Labels.ToList().IndexOf(image.Label))];
        Write($"{photos.Images.Count} photos, {tap.Name}: {tap.Dimension} features");
        Write($"images/s, reading included:    float32 {exactRate:F1}, int8 {roundedRate:F1}: {roundedRate / exactRate:F2} times");
        Write($"features: difference / spread  {difference:F4} (root mean squares), least cosine of a photo {cosine:F4}");
        Write($"head of float32 on float32:    {Accuracy(exact, exact, labels, split, photos.Labels):P1} of the test photos");
        Write($"head of int8 on int8:          {Accuracy(rounded, rounded, labels, split, photos.Labels):P1}");
        Write($"head of float32 on int8:       {Accuracy(exact, rounded, labels, split, photos.Labels):P1} (refused by predict; shown to tell the size of the change)");
        return 0;
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static (FeatureMatrix Features, double Rate) Extract(ImageDataset photos, Backbone backbone, BackboneTap tap)
    {
        var rows = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var store = new MemoryFeatureStore { OnRow = (image, features) => rows[image.Path] = features };
        using var extractor = new FeatureExtractor(backbone, [tap], new ManagedEngine());
        extractor.Compile();
        var begun = Stopwatch.GetTimestamp();
        new FeatureExtraction(extractor, store).Run(photos);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        string[] paths = [.. photos.Images.Select(image => image.Path)];
        return (new FeatureMatrix(paths.SelectMany(path => rows[path]).ToArray(), paths.Length, tap.Dimension, paths), paths.Length / seconds);
    }

    private static (double Difference, double Cosine) Compare(FeatureMatrix exact, FeatureMatrix rounded)
    {
        var (squares, spread, least) = (0.0, 0.0, 1.0);
        var mean = new double[exact.Columns];
        for (var row = 0; row < exact.Rows; row++)
        {
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += exact.Row(row)[i] / (double)exact.Rows;
            }
        }

        for (var row = 0; row < exact.Rows; row++)
        {
            var (dot, a, b) = (0.0, 0.0, 0.0);
            for (var i = 0; i < mean.Length; i++)
            {
                var (x, y) = ((double)exact.Row(row)[i], (double)rounded.Row(row)[i]);
                squares += (x - y) * (x - y);
                spread += (x - mean[i]) * (x - mean[i]);
                dot += x * y;
                a += x * x;
                b += y * y;
            }

            least = Math.Min(least, dot / Math.Sqrt(a * b));
        }

        return (Math.Sqrt(squares / spread), least);
    }

    private static double Accuracy(FeatureMatrix fitted, FeatureMatrix judged, int[] labels, DatasetSplit split, IReadOnlyList<string> names)
    {
        int[] train = split.Rows(Subset.Training), test = split.Rows(Subset.Test);
        var result = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = names }).Fit(fitted.Select(train), [.. train.Select(row => labels[row])]);
        var key = new FeatureStoreKey("benchmark", new string('0', 64), "features", fitted.Columns, "none");
        var head = new SoftmaxHead(result.Weights, HeadDescription.Of(key, names));
        return ClassificationReport.Create(names, [.. test.Select(row => labels[row])], head.Predict(judged.Select(test))).Accuracy;
    }
}
