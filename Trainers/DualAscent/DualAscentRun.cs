using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.DualAscent;

/// <summary>
/// The state of one dual ascent: a probability a row and class (the dual variables p), V = Σ weight · (label − p) · x / (L2 · rows), and the weights W that
/// belong to V: V itself, or with an L1 penalty V drawn towards zero by L1 / L2.
/// </summary>
internal sealed unsafe class DualAscentRun : IDisposable
{
    private readonly SoftmaxProblem _problem;
    private readonly SoftmaxRegressionOptions _options;
    private readonly SeededRandom _random;
    private readonly CancellationToken _cancellation;
    private readonly CenteredRows _rows;
    private readonly int _classes;
    private readonly int[] _labels;
    private readonly double[] _probabilities;
    private readonly double[] _norms;
    private readonly double[] _dual;
    private readonly double[] _logits;
    private readonly double[] _gradient;
    private readonly BiasOptimum _bias;
    private readonly int[] _order;
    private readonly AlignedBuffer<float> _scratch;

    public DualAscentRun(SoftmaxProblem problem, SoftmaxRegressionOptions options, SeededRandom random, CancellationToken cancellation)
    {
        _problem = problem;
        _options = options;
        _random = random;
        _cancellation = cancellation;
        _rows = problem.Rows;
        _classes = problem.Classes.Count;
        _labels = problem.Classes.RowLabels;
        _probabilities = new double[checked(_rows.Rows * _classes)];
        _norms = new double[_rows.Rows];
        Parameters = new double[problem.Objective.Length];
        _dual = options.L1 > 0 ? new double[problem.Objective.WeightCount] : Parameters;
        _logits = new double[_probabilities.Length];
        _gradient = new double[Parameters.Length];
        _bias = new BiasOptimum(_logits, _labels, problem.RowWeight, _classes, options.Threads);
        _order = [.. Enumerable.Range(0, _rows.Rows)];
        _scratch = new AlignedBuffer<float>(_rows.ScratchLength(1));
        for (var r = 0; r < _rows.Rows; r++)
        {
            // The label's own probability is 1: no row has said anything yet, and the weights are zero.
            _probabilities[(r * _classes) + _labels[r]] = 1;
            var row = new ReadOnlySpan<float>(_rows.Block(r, 1, _scratch.Pointer), _rows.Columns);
            _norms[r] = DoubleKernels.Dot(row, row);
        }
    }

    /// <summary>W and b as <see cref="SoftmaxObjective"/> lays them out.</summary>
    public double[] Parameters { get; }

    /// <summary>The objective when last measured.</summary>
    public double Value { get; private set; }

    /// <summary>Puts the biases to their optimum and returns the duality gap: the objective is at most that much above its optimum.</summary>
    /// <remarks>
    /// The dual point is the model's own probabilities; with the biases at their optimum it meets the constraint that they impose. The gap then is
    /// Σ g(w) + g*(u) − w · u with g(w) = L1 · |w| + (L2 / 2) · w² and u the negative slope of the loss.
    /// </remarks>
    public double Measure()
    {
        FillLogits();
        var weights = _problem.Objective.WeightCount;
        _bias.Minimize(Parameters[weights..]).CopyTo(Parameters.AsSpan(weights));
        var value = _problem.Objective.Evaluate(Parameters, _gradient);
        double gap = 0, sum = 0;
        for (var i = 0; i < weights; i++)
        {
            var w = Parameters[i];
            var u = (_options.L2 * w) - _gradient[i];
            var beyond = Math.Max(Math.Abs(u) - _options.L1, 0);
            gap += (_options.L1 * Math.Abs(w)) + (_options.L2 / 2 * w * w) + (beyond * beyond / (2 * _options.L2)) - (w * u);
            sum += Math.Abs(w);
        }

        Value = value + (_options.L1 * sum);
        return gap;
    }

    /// <summary>One pass over the rows in a new random order, each row's dual variables put to their optimum given the others.</summary>
    public void Epoch()
    {
        _cancellation.ThrowIfCancellationRequested();
        _random.Shuffle(_order);
        var (row, z, previous) = (new double[_rows.Columns], new double[_classes], new double[_classes]);
        var bias = Parameters.AsSpan(_problem.Objective.WeightCount);
        foreach (var r in _order)
        {
            var share = (_problem.RowWeight?[r] ?? 1) / (_options.L2 * _rows.Rows);
            if (share == 0)
            {
                continue;
            }

            DoubleKernels.Widen(new ReadOnlySpan<float>(_rows.Block(r, 1, _scratch.Pointer), _rows.Columns), row);
            var probabilities = _probabilities.AsSpan(r * _classes, _classes);
            probabilities.CopyTo(previous);
            for (var c = 0; c < _classes; c++)
            {
                z[c] = bias[c] + DoubleKernels.Dot(_problem.Objective.WeightsOf(Parameters, c), row);
            }

            EntropyStep.Maximize(z, probabilities, share * _norms[r]);
            for (var c = 0; c < _classes; c++)
            {
                Move(c, share * (previous[c] - probabilities[c]), row);
            }
        }
    }

    public void Dispose() => _scratch.Dispose();

    private void Move(int c, double factor, double[] row)
    {
        var dual = _problem.Objective.WeightsOf(_dual, c);
        DoubleKernels.AddScaled(factor, row, dual);
        if (_options.L1 > 0)
        {
            var threshold = _options.L1 / _options.L2;
            var weights = _problem.Objective.WeightsOf(Parameters, c);
            for (var d = 0; d < dual.Length; d++)
            {
                weights[d] = dual[d] - Math.Clamp(dual[d], -threshold, threshold);
            }
        }
    }

    private void FillLogits()
    {
        var partition = RowPartition.For(_rows.Rows, _classes, _classes);
        FixedOrder.Run(partition.Chunks, _options.Threads, Fill, _cancellation);

        void Fill(int chunk)
        {
            using var scratch = new AlignedBuffer<float>(_rows.ScratchLength(1));
            var row = new double[_rows.Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                DoubleKernels.Widen(new ReadOnlySpan<float>(_rows.Block(r, 1, scratch.Pointer), _rows.Columns), row);
                for (var c = 0; c < _classes; c++)
                {
                    _logits[(r * _classes) + c] = DoubleKernels.Dot(_problem.Objective.WeightsOf(Parameters, c), row);
                }
            }
        }
    }
}
