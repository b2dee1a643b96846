using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>Softmax regression to within 1e-6 of the least objective, against scikit-learn and ML.NET on the same numbers.</summary>
internal sealed class FitComparison(string folder, int rounds, string python, string? mlnet)
{
    public const string FeaturesFile = "flowers_3000x2048_bottleneck.npy";
    public const string LabelsFile = "flowers_3000_labels.npy";

    private const double Tolerance = 1e-6;

    public static (FeatureMatrix Features, int[] Labels) Read(string folder)
    {
        var array = NpyReader.Read(Path.Combine(folder, FeaturesFile));
        var labels = NpyReader.Read(Path.Combine(folder, LabelsFile)).AsSpan<long>().ToArray();
        return (new FeatureMatrix(MemoryMarshal.Cast<byte, float>(array.Data).ToArray(), array.Shape[0], array.Shape[1]), Array.ConvertAll(labels, label => (int)label));
    }

    public IEnumerable<BenchmarkRow> Rows()
    {
        var (features, labels) = Read(folder);
        var names = Enumerable.Range(0, labels.Max() + 1).Select(label => $"class {label}").ToArray();
        var mlNet = MlNetPeer.Load(mlnet, features, labels, out var netNote);
        foreach (var c in new[] { 0.33, 3.3 })
        {
            var options = new SoftmaxRegressionOptions { Labels = names }.WithC(c, 0, features.Rows);
            var optimum = new SoftmaxRegressionTrainer(options with { Tolerance = 1e-11, MaxIterations = 10_000 }).Fit(features, labels).Objective;
            var trainer = new SoftmaxRegressionTrainer(options with { Tolerance = Tolerance });
            var fit = trainer.Fit(features, labels);
            List<double> ours = [], scikit = [], net = [];
            string? scikitNote = null;
            for (var round = 0; round < rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                trainer.Fit(features, labels);
                ours.Add(clock.Elapsed.TotalSeconds);
                if (round == 0 || scikit.Count == round)
                {
                    Add(scikit, ScikitLearn.Time(python, folder, c, optimum, Tolerance, out scikitNote));
                }

                if (mlNet is not null)
                {
                    (var time, netNote) = mlNet.Time(options.L2, optimum);
                    net.Add(time);
                }
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"L-BFGS, {features.Rows} x {features.Columns} x {names.Length}, C = {c}");
            var own = string.Create(CultureInfo.InvariantCulture, $"ours: {fit.Iterations} iterations, objective {(fit.Objective - optimum) / optimum:0.0e+0} above the least");
            yield return Row(name, ours, "scikit-learn", scikit, 8, $"{own}; {scikitNote}");
            yield return Row(name, ours, "ML.NET LbfgsMaximumEntropy", net, 20, netNote);
            var dual = new SdcaTrainer(new SdcaOptions { Labels = names, L2 = options.L2, Tolerance = Tolerance });
            var (seconds, result) = Timed(() => dual.Fit(features, labels));
            yield return new BenchmarkRow
            {
                Name = name.Replace("L-BFGS", "SDCA", StringComparison.Ordinal),
                Seconds = seconds,
                Note = string.Create(CultureInfo.InvariantCulture, $"one run; {result.Iterations} epochs, duality gap {result.DualityGap / optimum:0.0e+0} of the objective"),
            };
        }
    }

    private static (double Seconds, T Result) Timed<T>(Func<T> work)
    {
        var clock = Stopwatch.StartNew();
        var result = work();
        return (clock.Elapsed.TotalSeconds, result);
    }

    private static void Add(List<double> times, double? time)
    {
        if (time is { } seconds)
        {
            times.Add(seconds);
        }
    }

    private static BenchmarkRow Row(string name, List<double> ours, string peer, List<double> theirs, double target, string note)
    {
        var own = Statistics.Median(ours);
        double? other = theirs.Count > 0 ? Statistics.Median(theirs) : null;
        return new BenchmarkRow { Name = name, Seconds = own, Peer = peer, PeerSeconds = other, Ratio = other / own, Target = target, Note = note };
    }
}
