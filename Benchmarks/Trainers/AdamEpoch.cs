using System.Diagnostics;
using MlTransfer.Trainers;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>An epoch of Adam in batches of 32, as Keras' <c>fit</c> does it. Keras is not part of this run: its figure was measured elsewhere.</summary>
internal static class AdamEpoch
{
    private const int Rows24 = 2400;
    private const int Epochs = 10;

    /// <summary>Keras 3 on TensorFlow, 2 cores.</summary>
    private const double KerasSeconds = 0.15;

    public static IEnumerable<BenchmarkRow> Rows(string folder, int rounds)
    {
        var (all, labels) = FitComparison.Read(folder);
        var chosen = Enumerable.Range(0, all.Rows).Where(row => row % 5 != 0).Take(Rows24).ToArray();
        var rows = new TrainingRows { Features = all.Select(chosen), Labels = Array.ConvertAll(chosen, row => labels[row]) };
        var trainer = new MiniBatchTrainer(new MiniBatchOptions { Labels = [.. Enumerable.Range(0, labels.Max() + 1).Select(label => $"class {label}")], Epochs = Epochs });
        trainer.Fit(rows);
        var times = Enumerable.Range(0, rounds).Select(_ =>
        {
            var clock = Stopwatch.StartNew();
            trainer.Fit(rows);
            return clock.Elapsed.TotalSeconds / Epochs;
        }).ToArray();
        var seconds = Statistics.Median(times);
        yield return new BenchmarkRow
        {
            Name = $"Adam, an epoch of batches of 32, {chosen.Length} x {all.Columns} x {labels.Max() + 1}",
            Seconds = seconds,
            Peer = "Keras 3",
            PeerSeconds = KerasSeconds,
            Ratio = KerasSeconds / seconds,
            Target = 10,
            Note = $"the peer's time was measured elsewhere, on 2 cores, and is only a reference; ours is a tenth of {Epochs} epochs, start and final measurement included",
        };
    }
}
