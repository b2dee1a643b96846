using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>The weighted sum of each class' rows, in float64; rows are scaled to length 1 first where the metric is cosine.</summary>
internal sealed class ClassSums
{
    private readonly IFeatureSource _features;
    private readonly int[] _labels;
    private readonly ReadOnlyMemory<double> _weights;
    private readonly SimilarityMetric _metric;
    private readonly double[][] _sums;
    private readonly double[] _totals;
    private readonly int[] _counts;

    public ClassSums(IFeatureSource features, int[] labels, ReadOnlyMemory<double> weights, CentroidOptions options, CancellationToken cancellation)
    {
        _features = features;
        _labels = labels;
        _weights = weights;
        _metric = options.Metric;
        var classes = options.Labels.Count;
        _totals = new double[classes];
        _counts = new int[classes];
        _sums = [.. Enumerable.Range(0, classes).Select(_ => new double[features.Columns])];
        var rowsOf = Enumerable.Range(0, labels.Length).ToLookup(row => labels[row]);
        FixedOrder.Run(classes, options.Threads, Sum, cancellation);

        void Sum(int label)
        {
            var row = new float[features.Columns];
            foreach (var number in rowsOf[label])
            {
                cancellation.ThrowIfCancellationRequested();
                Read(number, row);
                var weight = WeightOf(number);
                _totals[label] += weight;
                _counts[label] += weight > 0 ? 1 : 0;
                for (var d = 0; d < row.Length; d++)
                {
                    _sums[label][d] += weight * row[d];
                }
            }
        }
    }

    /// <summary>The means.</summary>
    public CentroidSet ToCentroids(double sharpness)
    {
        var values = new float[checked(_sums.Length * _features.Columns)];
        for (var c = 0; c < _sums.Length; c++)
        {
            for (var d = 0; _counts[c] > 0 && d < _features.Columns; d++)
            {
                values[(c * _features.Columns) + d] = (float)(_sums[c][d] / _totals[c]);
            }
        }

        return _counts.All(count => count == 0)
            ? throw new TrainingDataException("Every sample weight is zero; nothing is left to learn from. Give some rows a weight.")
            : new CentroidSet(values, _counts, _metric, sharpness);
    }

    /// <summary>Mean squared distance of the centres from their middle.</summary>
    public double Spread()
    {
        var present = Enumerable.Range(0, _sums.Length).Where(label => _counts[label] > 0).ToArray();
        var spread = 0.0;
        for (var d = 0; d < _features.Columns; d++)
        {
            var middle = present.Sum(label => _sums[label][d] / _totals[label]) / present.Length;
            foreach (var label in present)
            {
                var difference = (_sums[label][d] / _totals[label]) - middle;
                spread += difference * difference / present.Length;
            }
        }

        return spread;
    }

    /// <summary>
    /// Similarities of rows to the centres, where a row's own class is taken without it; rows that are alone in their class are left out, and so are classes
    /// without rows.
    /// </summary>
    /// <returns>rows × classes with rows, and the place of each row's class among these.</returns>
    public (double[] Similarities, int[] Labels) LeftOutSimilarities(int most, int threads, CancellationToken cancellation)
    {
        var present = Enumerable.Range(0, _sums.Length).Where(label => _counts[label] > 0).ToArray();
        var usable = Enumerable.Range(0, _labels.Length).Where(row => _counts[_labels[row]] > 1 && WeightOf(row) > 0).ToArray();
        int[] rows = usable.Length <= most ? usable : [.. Enumerable.Range(0, most).Select(i => usable[(int)((long)i * usable.Length / most)])];
        var squares = Array.ConvertAll(present, label => DoubleKernels.Dot((ReadOnlySpan<double>)_sums[label], _sums[label]));
        var similarities = new double[checked(rows.Length * present.Length)];
        FixedOrder.Run(rows.Length, threads, Measure, cancellation);
        return (similarities, Array.ConvertAll(rows, row => Array.IndexOf(present, _labels[row])));

        void Measure(int i)
        {
            var row = new float[_features.Columns];
            Read(rows[i], row);
            var wide = Array.ConvertAll(row, value => (double)value);
            var square = DoubleKernels.Dot((ReadOnlySpan<double>)wide, wide);
            for (var c = 0; c < present.Length; c++)
            {
                var left = present[c] == _labels[rows[i]] ? WeightOf(rows[i]) : 0;
                var product = DoubleKernels.Dot((ReadOnlySpan<double>)wide, _sums[present[c]]) - (left * square);
                var length = squares[c] - (2 * left * (product + (left * square))) + (left * left * square);
                var total = _totals[present[c]] - left;
                similarities[(i * present.Length) + c] = _metric == SimilarityMetric.Cosine
                    ? length > 0 ? product / Math.Sqrt(length) : 0
                    : -(square - (2 * product / total) + (length / (total * total)));
            }
        }
    }

    private double WeightOf(int row) => _weights.IsEmpty ? 1 : _weights.Span[row];

    private void Read(int number, Span<float> row)
    {
        _features.CopyRow(number, row);
        if (_metric == SimilarityMetric.Cosine)
        {
            UnitRows.Scale(row);
        }
    }
}
