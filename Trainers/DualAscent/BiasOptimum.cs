using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Optimizers;

namespace MlTransfer.Trainers.DualAscent;

/// <summary>The loss as a function of the biases alone, for given logits without bias: as many unknowns as classes, so its optimum costs little.</summary>
internal sealed unsafe class BiasOptimum : IConvexObjective
{
    private const int MostIterations = 200;
    private const int Memory = 10;
    private const double GradientTolerance = 1e-11;

    private readonly double[] _logits;
    private readonly int[] _labels;
    private readonly double[]? _rowWeights;
    private readonly int _classes;
    private readonly int _padded;
    private readonly int _threads;
    private readonly RowPartition _partition;
    private readonly double[] _curvature;

    /// <summary>Keeps the logits, which may be refilled between two minimisations.</summary>
    /// <param name="logits">rows × classes, without bias.</param>
    /// <param name="labels">A class a row.</param>
    /// <param name="rowWeights">How much each row counts; null where each counts once.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="threads">Threads to use.</param>
    public BiasOptimum(double[] logits, int[] labels, double[]? rowWeights, int classes, int threads)
    {
        _logits = logits;
        _labels = labels;
        _rowWeights = rowWeights;
        _classes = classes;
        _padded = SoftmaxRows.PaddedClasses(classes);
        _threads = threads;
        _partition = RowPartition.For(labels.Length, classes, classes);
        _curvature = new double[classes];
        for (var r = 0; r < labels.Length; r++)
        {
            _curvature[labels[r]] += (rowWeights?[r] ?? 1) / labels.Length;
        }
    }

    /// <inheritdoc/>
    public int Length => _classes;

    /// <summary>The biases of the least loss.</summary>
    /// <param name="start">Where to start.</param>
    public double[] Minimize(double[] start) =>
        new LbfgsMinimizer(new LbfgsOptions(MostIterations, Memory, 0, 0, GradientTolerance, 1), _curvature).Minimize(this, start, null, default).Parameters;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        var bias = parameters.ToArray();
        var losses = new double[_partition.Chunks];
        var slopes = new double[_partition.Chunks][];
        FixedOrder.Run(_partition.Chunks, _threads, chunk => (losses[chunk], slopes[chunk]) = Sum(chunk, bias));
        gradient[.._classes].Clear();
        foreach (var part in slopes)
        {
            for (var c = 0; c < _classes; c++)
            {
                gradient[c] += part[c] / _labels.Length;
            }
        }

        return losses.Sum() / _labels.Length;
    }

    private (double Loss, double[] Slopes) Sum(int chunk, double[] bias)
    {
        var (loss, slopes, rounded, row) = (0.0, new double[_padded], new float[_padded], new double[_padded]);
        var (start, end) = _partition.Chunk(chunk);
        fixed (double* z = row, sums = slopes)
        {
            fixed (float* rough = rounded)
            {
                for (var r = start; r < end; r++)
                {
                    for (var c = 0; c < _padded; c++)
                    {
                        row[c] = c < _classes ? _logits[((long)r * _classes) + c] + bias[c] : double.NegativeInfinity;
                    }

                    loss += SmoothedCrossEntropy.Measure(z, _classes, _padded, _labels[r], _rowWeights?[r] ?? 1, 0, rough, sums);
                }
            }
        }

        return (loss, slopes);
    }
}
