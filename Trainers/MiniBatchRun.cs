using System.Globalization;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers;

/// <summary>The steps of one fit, epoch after epoch.</summary>
/// <param name="options">How to step.</param>
/// <param name="model">What is trained.</param>
/// <param name="sampler">Gives the rows of each batch.</param>
/// <param name="plan">How many steps.</param>
internal sealed class MiniBatchRun(MiniBatchOptions options, IMiniBatchModel model, BatchSampler sampler, MiniBatchPlan plan)
{
    private readonly List<EpochFigures> _history = [];
    private readonly BestEpoch? _best = options.Patience is { } patience ? new BestEpoch(patience, model) : null;
    private readonly int[] _rows = new int[model.Capacity];

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Whether patience ended the fit.</summary>
    public bool StoppedEarly { get; private set; }

    public IReadOnlyList<EpochFigures> History => _history;

    /// <summary>The epoch whose parameters were restored; null without early stopping.</summary>
    public int? BestEpoch => _best?.Number;

    public StopReason StopReason => StoppedEarly ? StopReason.EarlyStopping : StopReason.MaxIterations;

    /// <summary>The learning rate is too large.</summary>
    public TrainingDataException Diverged() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The loss grew out of bounds at step {Steps}: the learning rate {options.Schedule.At(Math.Max(0, Steps - 1))} is too large for these features. Use a smaller one."));

    /// <summary>Does the steps; at the end the model holds the parameters to keep.</summary>
    /// <param name="validator">Measures the model on validation rows after each epoch; null where there are none.</param>
    /// <param name="progress">Told every so many steps; may be null.</param>
    /// <param name="cancellation">Ends the fit between two steps.</param>
    public void Go(Func<(double Loss, double Accuracy)>? validator, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        while (Steps < plan.Steps && !StoppedEarly)
        {
            Epoch(validator, progress, cancellation);
        }

        model.Restore();
    }

    private void Epoch(Func<(double Loss, double Accuracy)>? validator, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var (loss, correct, seen, rate) = (0.0, 0L, 0L, 0.0);
        for (var left = Math.Min(plan.StepsAnEpoch, plan.Steps - Steps); left > 0; left--)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = sampler.Next(_rows);
            rate = options.Schedule.At(Steps);
            var (objective, right) = model.Step(_rows.AsSpan(0, count), rate);
            Steps++;
            if (!double.IsFinite(objective))
            {
                throw Diverged();
            }

            (loss, correct, seen) = (loss + (objective * count), correct + right, seen + count);
            if (Steps % options.ReportEvery == 0 || Steps == plan.Steps)
            {
                progress?.Report(new TrainingProgress(Steps, plan.Steps, objective, double.NaN));
            }
        }

        var validation = validator?.Invoke();
        var epoch = _history.Count + 1;
        _history.Add(new EpochFigures(epoch, Steps, rate, loss / seen, correct / (double)seen, validation?.Loss, validation?.Accuracy));
        StoppedEarly = _best is not null && validation is { } measured && _best.IsLast(epoch, measured.Loss);
    }
}
