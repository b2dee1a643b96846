using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Neighbours;

/// <summary>
/// Finds the nearest examples: float32 products tell which may be among them, float64 distances of those decide. Equal distances go to the earlier example.
/// Immutable once made, hence thread-safe.
/// </summary>
internal sealed unsafe class NeighbourPredictor
{
    /// <summary>Share of ‖x‖ · ‖y‖ by which a float32 product can be wrong: 64 additions of rounded products, and the rounding of scaled rows, with room.</summary>
    private const double Uncertainty = 2e-5;

    /// <summary>A cosine distance below this is none: what float64 leaves of 1 − 1.</summary>
    private const double NoCosineDistance = 1e-12;

    private const int ExampleBlock = 240;

    private readonly NeighbourSet _set;
    private readonly float[] _rows;
    private readonly double[] _bias;
    private readonly double[] _norms;
    private readonly double[] _middle;
    private readonly double _longest;
    private readonly int _stride;

    public NeighbourPredictor(NeighbourSet set)
    {
        _set = set;
        _stride = PaddedRows.Stride(set.Features);
        _rows = new float[checked(set.Examples * _stride)];
        _bias = new double[set.Examples];
        _norms = new double[set.Examples];
        _middle = set.Metric == SimilarityMetric.Cosine ? [] : Middle(set);
        for (var example = 0; example < set.Examples; example++)
        {
            var source = Example(example);
            var target = _rows.AsSpan(example * _stride, set.Features);
            source.CopyTo(target);
            _norms[example] = Math.Sqrt(DoubleKernels.Dot(source, source));
            var length = Place(target);
            _bias[example] = set.Metric == SimilarityMetric.Cosine ? 0 : -length * length / 2;
            _longest = Math.Max(_longest, set.Metric == SimilarityMetric.Cosine ? 1 : length);
        }
    }

    /// <summary>Shares of the votes for some rows; what one gets does not depend on the others.</summary>
    /// <param name="rows">An even number of rows of room, filled up with zeros; overwritten.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="probabilities">count × classes; NaN where the features are too large for float32.</param>
    /// <param name="leaveOut">An example a row that does not vote on it; empty for none.</param>
    public void Predict(float* rows, long stride, int count, Span<float> probabilities, ReadOnlySpan<int> leaveOut)
    {
        var even = count + (count & 1);
        var raw = new float[count * _set.Features];
        Span<double> lengths = stackalloc double[count];
        for (var row = 0; row < count; row++)
        {
            var own = new Span<float>(rows + (row * stride), _set.Features);
            own.CopyTo(raw.AsSpan(row * _set.Features));
            lengths[row] = Place(own);
        }

        using var scores = new AlignedBuffer<double>((long)even * _set.Examples);
        for (var row = 0; row < even; row++)
        {
            _bias.CopyTo(new Span<double>(scores.Pointer + ((long)row * _set.Examples), _set.Examples));
        }

        fixed (float* examples = _rows)
        {
            for (var first = 0; first < _set.Examples; first += ExampleBlock)
            {
                LinearKernels.Forward(
                    rows, stride, even, PaddedRows.Columns(_set.Features), examples + ((long)first * _stride), _stride, Math.Min(ExampleBlock, _set.Examples - first),
                    scores.Pointer + first, _set.Examples);
            }
        }

        for (var row = 0; row < count; row++)
        {
            var uncertainty = Uncertainty * _longest * (_set.Metric == SimilarityMetric.Cosine ? 1 : lengths[row]);
            Vote(
                new Span<double>(scores.Pointer + ((long)row * _set.Examples), _set.Examples), raw.AsSpan(row * _set.Features, _set.Features), uncertainty,
                leaveOut.IsEmpty ? -1 : leaveOut[row], probabilities.Slice(row * _set.Classes, _set.Classes));
        }
    }

    private static double[] Middle(NeighbourSet set)
    {
        var middle = new double[set.Features];
        for (var i = 0; i < set.Values.Length; i++)
        {
            middle[i % set.Features] += set.Values[i] / (double)set.Examples;
        }

        return middle;
    }

    /// <summary>Moves a row to where products tell distances: to length 1, or to the middle of the examples. Returns its length.</summary>
    private double Place(Span<float> row)
    {
        if (_set.Metric == SimilarityMetric.Cosine)
        {
            return UnitRows.Scale(row);
        }

        for (var d = 0; d < row.Length; d++)
        {
            row[d] = (float)(row[d] - _middle[d]);
        }

        return Math.Sqrt(DoubleKernels.Dot((ReadOnlySpan<float>)row, row));
    }

    private ReadOnlySpan<float> Example(int number) => _set.Values.Slice(number * _set.Features, _set.Features);

    private void Vote(Span<double> scores, ReadOnlySpan<float> row, double uncertainty, int leftOut, Span<float> probabilities)
    {
        if (leftOut >= 0)
        {
            scores[leftOut] = double.NegativeInfinity;
        }

        var least = Least(scores, Math.Min(_set.Neighbours, _set.Examples - (leftOut >= 0 ? 1 : 0))) - (2 * uncertainty);
        var candidates = new List<(double Distance, int Example)>();
        for (var example = 0; example < scores.Length; example++)
        {
            if (scores[example] >= least && example != leftOut)
            {
                candidates.Add((Distance(row, example), example));
            }
        }

        candidates.Sort();
        var votes = new double[_set.Classes];
        var nearest = candidates.Take(_set.Neighbours).ToArray();
        var touching = _set.Weighting == NeighbourWeighting.Distance && nearest.Any(neighbour => neighbour.Distance == 0);
        foreach (var (distance, example) in nearest)
        {
            votes[_set.Labels[example]] += _set.Weighting == NeighbourWeighting.Uniform ? 1 : touching ? (distance == 0 ? 1 : 0) : 1 / distance;
        }

        var total = votes.Sum();
        for (var c = 0; c < votes.Length; c++)
        {
            probabilities[c] = (float)(votes[c] / total);
        }
    }

    /// <summary>The score of the last of so many best.</summary>
    private static double Least(ReadOnlySpan<double> scores, int neighbours)
    {
        var best = new PriorityQueue<double, double>(neighbours + 1);
        foreach (var score in scores)
        {
            if (best.Count < neighbours)
            {
                best.Enqueue(score, score);
            }
            else if (score > best.Peek())
            {
                best.EnqueueDequeue(score, score);
            }
        }

        return best.Peek();
    }

    private double Distance(ReadOnlySpan<float> row, int example)
    {
        if (_set.Metric == SimilarityMetric.Euclidean)
        {
            return Math.Sqrt(DistanceKernels.SquaredDistance(row, Example(example)));
        }

        var lengths = Math.Sqrt(DoubleKernels.Dot(row, row)) * _norms[example];
        var distance = lengths > 0 ? 1 - (DoubleKernels.Dot(row, Example(example)) / lengths) : 1;
        return distance < NoCosineDistance ? 0 : distance;
    }
}
