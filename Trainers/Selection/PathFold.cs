using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Selection;

/// <summary>One fold of a regularisation path: its training rows made ready, and the last minimum, from which the next fit starts.</summary>
internal sealed class PathFold : IDisposable
{
    private readonly SoftmaxProblem _problem;
    private readonly RowSubset _held;
    private readonly int[] _heldLabels;
    private readonly double[]? _heldWeights;
    private readonly double _heldWeight;
    private readonly SoftmaxRegressionOptions _options;
    private double[]? _last;

    /// <summary>Makes the fold ready.</summary>
    /// <param name="features">All rows.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="sampleWeights">Their weights; empty means 1 each.</param>
    /// <param name="isHeld">Which rows are held out.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="keepBytes">Memory that the prepared rows may take.</param>
    /// <param name="cancellation">Ends the preparation.</param>
    public PathFold(
        IFeatureSource features, int[] labels, double[] sampleWeights, Func<int, bool> isHeld, SoftmaxRegressionOptions options, long keepBytes, CancellationToken cancellation)
    {
        _options = options;
        var training = Enumerable.Range(0, labels.Length).Where(row => !isHeld(row)).ToArray();
        _problem = new SoftmaxProblem(
            new RowSubset(features, training), Of(labels, training), sampleWeights.Length == 0 ? [] : Of(sampleWeights, training), options, cancellation, keepBytes);
        var known = _problem.Classes.Numbers.ToHashSet();
        var all = Enumerable.Range(0, labels.Length).Where(isHeld).ToArray();
        var held = all.Where(row => known.Contains(labels[row])).ToArray();
        Unknown = all.Length - held.Length;
        _held = new RowSubset(features, held);
        _heldLabels = Of(labels, held);
        _heldWeights = sampleWeights.Length == 0 ? null : Of(sampleWeights, held);
        _heldWeight = _heldWeights?.Sum() ?? held.Length;
    }

    /// <summary>Held-out rows whose class has no training row here: no loss is finite for them, so they are left out.</summary>
    public int Unknown { get; }

    /// <summary>Held-out rows that count.</summary>
    public int Rows => _held.Rows;

    /// <summary>Weight of the held-out rows that count.</summary>
    public double Weight => _heldWeight;

    /// <summary>Fits at a penalty, from the last fit, and measures the rows held out: weighted mean log loss, and the share classified right of all rows, unknown ones too.</summary>
    public (double LogLoss, double Accuracy, int Nonzero) Step(double l1, double l2, CancellationToken cancellation)
    {
        var minimum = _problem.Solve(l1, l2, _last, null, cancellation);
        _last = minimum.Parameters;
        var layer = _problem.Layer(_last);
        var nonzero = CountNonzero(layer);
        if (_held.Rows == 0)
        {
            return (0, 0, nonzero);
        }

        var (loss, correct) = ExactLoss.Measure(_held, _heldLabels, _heldWeights, layer, _options.Threads, cancellation);
        return (_heldWeight > 0 ? loss * _held.Rows / _heldWeight : 0, correct / (double)(_held.Rows + Unknown), nonzero);
    }

    public void Dispose() => _problem.Dispose();

    private static T[] Of<T>(T[] values, int[] rows) => Array.ConvertAll(rows, row => values[row]);

    private static int CountNonzero(SoftmaxWeights layer)
    {
        var count = 0;
        foreach (var weight in layer.Weight)
        {
            count += weight != 0 ? 1 : 0;
        }

        return count;
    }
}
