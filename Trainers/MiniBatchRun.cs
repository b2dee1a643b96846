using System.Globalization;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers;

/// <summary>The steps of one fit, epoch after epoch.</summary>
/// <param name="options">How to step.</param>
/// <param name="batch">The layer.</param>
/// <param name="sampler">Gives the rows of each batch.</param>
/// <param name="stepsAnEpoch">Steps an epoch, one or more.</param>
/// <param name="steps">Most steps.</param>
/// <param name="layerOf">The layer's weights after so many steps.</param>
internal sealed class MiniBatchRun(
    MiniBatchOptions options, SoftmaxBatch batch, BatchSampler sampler, int stepsAnEpoch, int steps, Func<SoftmaxBatch, int, SoftmaxWeights> layerOf)
{
    private readonly List<EpochFigures> _history = [];
    private readonly BestEpoch? _best = options.Patience is { } patience ? new BestEpoch(patience) : null;
    private readonly int[] _rows = new int[batch.Capacity];

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Whether patience ended the fit.</summary>
    public bool StoppedEarly { get; private set; }

    public IReadOnlyList<EpochFigures> History => _history;

    /// <summary>The epoch whose weights were restored; null without early stopping.</summary>
    public int? BestEpoch => _best?.Number;

    public static TrainingDataException Diverged(int step, double rate) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The loss grew out of bounds at step {step}: the learning rate {rate} is too large for these features. Use a smaller one."));

    /// <summary>Does the steps; at the end the layer holds the weights to keep.</summary>
    public void Go(
        Func<SoftmaxWeights, CancellationToken, (double Loss, double Accuracy)>? validator, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        while (Steps < steps && !StoppedEarly)
        {
            Epoch(validator, progress, cancellation);
        }

        _best?.Restore(batch.Parameters);
    }

    private void Epoch(
        Func<SoftmaxWeights, CancellationToken, (double Loss, double Accuracy)>? validator, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var (loss, correct, seen, rate) = (0.0, 0L, 0L, 0.0);
        for (var left = Math.Min(stepsAnEpoch, steps - Steps); left > 0; left--)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = sampler.Next(_rows);
            rate = options.Schedule.At(Steps);
            var (objective, right) = batch.Step(_rows.AsSpan(0, count), rate);
            Steps++;
            if (!double.IsFinite(objective))
            {
                throw Diverged(Steps, rate);
            }

            (loss, correct, seen) = (loss + (objective * count), correct + right, seen + count);
            if (Steps % options.ReportEvery == 0 || Steps == steps)
            {
                progress?.Report(new TrainingProgress(Steps, steps, objective, double.NaN));
            }
        }

        var validation = validator?.Invoke(layerOf(batch, Steps), cancellation);
        var epoch = _history.Count + 1;
        _history.Add(new EpochFigures(epoch, Steps, rate, loss / seen, correct / (double)seen, validation?.Loss, validation?.Accuracy));
        StoppedEarly = _best is not null && validation is { } measured && _best.IsLast(epoch, measured.Loss, batch.Parameters);
    }
}
