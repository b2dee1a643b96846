using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MlTransfer.Datasets.Arrays;
using MlTransfer.ML;
using MlTransfer.Trainers;

namespace MLNetSample;

/// <summary>Our trainer and ML.NET's on one matrix of features, in one run: time, and how far down each gets the same objective.</summary>
internal static class TrainerComparison
{
    /// <summary>Fits and prints a table.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="featuresPath">A .npy file, float32, a row an example.</param>
    /// <param name="labelsPath">A .npy file, int64, a class from 0 a row.</param>
    public static void Run(MLContext ml, string featuresPath, string labelsPath)
    {
        var features = NpyReader.Read(featuresPath);
        var labels = NpyReader.Read(labelsPath).AsSpan<long>().ToArray();
        var (rows, columns) = ((int)features.Shape[0], (int)features.Shape[1]);
        var matrix = new FeatureMatrix(features.AsSpan<float>().ToArray(), rows, columns);
        int[] classes = [.. labels.Select(label => (int)label)];
        string[] names = [.. Enumerable.Range(0, classes.Max() + 1).Select(index => $"class {index}")];

        // ML.NET minimises (sum of losses + L2/2 · sum of squares) / rows; with L2 = 1 that is ours with 1 / rows.
        var l2 = 1.0 / rows;
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Label)].ColumnType = new KeyDataViewType(typeof(uint), names.Length);
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, columns);
        var data = ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, rows).Select(row => new Example { Label = (uint)classes[row], Features = matrix.Row(row).ToArray() }).ToList(), schema);

        var trainers = ml.MulticlassClassification.Trainers;
        Report("trainer", "seconds", "CPU seconds", "objective", "above the best");
        var best = Best(() => new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = names, L2 = l2 }).Fit(matrix, classes), out var time);
        Row("SoftmaxRegressionTrainer", best.Objective);

        var head = Best(() => trainers.SoftmaxHead(new SoftmaxHeadOptions { L2 = l2 }).Fit(data), out time);
        Row("SoftmaxHead", Objective(head.Model));
        foreach (var tolerance in (float[])[1e-7f, 1e-9f])
        {
            var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 1, OptimizationTolerance = tolerance };
            var lbfgs = Best(() => trainers.LbfgsMaximumEntropy(options).Fit(data), out time);
            Row(string.Create(CultureInfo.InvariantCulture, $"LbfgsMaximumEntropy, tolerance {tolerance:0e0}"), Objective(lbfgs.Model));
        }

        var sdcaOptions = new SdcaMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = 1f / rows };
        Row("SdcaMaximumEntropy", Objective(Best(() => trainers.SdcaMaximumEntropy(sdcaOptions).Fit(data), out time).Model));

        void Row(string name, double objective) => Report(
            name,
            time.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),
            time.Processor.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),
            objective.ToString("0.00000000", CultureInfo.InvariantCulture),
            (objective - best.Objective).ToString("0.0e+0", CultureInfo.InvariantCulture));

        double Objective(MaximumEntropyModelParameters model)
        {
            VBuffer<float>[] weights = [];
            model.GetWeights(ref weights, out var count);
            float[][] layer = [.. weights.Take(count).Select(row => row.DenseValues().ToArray())];
            float[] biases = [.. model.GetBiases()];
            var loss = 0.0;
            for (var row = 0; row < rows; row++)
            {
                var logits = new double[count];
                for (var c = 0; c < count; c++)
                {
                    logits[c] = biases[c];
                    for (var d = 0; d < columns; d++)
                    {
                        logits[c] += (double)layer[c][d] * matrix.Row(row)[d];
                    }
                }

                var most = logits.Max();
                loss += most + Math.Log(logits.Sum(logit => Math.Exp(logit - most))) - logits[classes[row]];
            }

            return (loss / rows) + (l2 / 2 * layer.Sum(row => row.Sum(weight => (double)weight * weight)));
        }
    }

    /// <summary>The shortest of three runs, the first of which is also compiled; processor time of all threads tells more where other programs run.</summary>
    private static T Best<T>(Func<T> run, out (TimeSpan Elapsed, TimeSpan Processor) time)
    {
        time = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        T result = default!;
        using var process = Process.GetCurrentProcess();
        for (var i = 0; i < 3; i++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            result = run();
            var elapsed = clock.Elapsed;
            process.Refresh();
            var processor = process.TotalProcessorTime - before;
            time = (elapsed < time.Elapsed ? elapsed : time.Elapsed, processor < time.Processor ? processor : time.Processor);
        }

        return result;
    }

    private static void Report(string name, string seconds, string processor, string objective, string above) => Console.WriteLine($"{name,-40}{seconds,10}{processor,14}{objective,14}{above,18}");

    private sealed class Example
    {
        /// <summary>From 0: members of a key type are, in memory.</summary>
        public uint Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}
