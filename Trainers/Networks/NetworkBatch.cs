using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;
using MlTransfer.Trainers.Sampling;

namespace MlTransfer.Trainers.Networks;

/// <summary>A network under mini-batch training, with room for one batch: forward, back and a step of every layer.</summary>
internal sealed unsafe class NetworkBatch : IMiniBatchModel, IDisposable
{
    private readonly IFeatureSource _features;
    private readonly int[] _labels;
    private readonly double[]? _rowWeights;
    private readonly NetworkOptions _options;
    private readonly SeededRandom _random;
    private readonly LayerTraining[] _layers;
    private readonly AlignedBuffer<float>[] _inputs;
    private readonly AlignedBuffer<double> _outputs;
    private readonly AlignedBuffer<double> _upstream;
    private readonly AlignedBuffer<float> _slopes;
    private readonly AlignedBuffer<float> _transposed;
    private readonly float[] _mask;
    private readonly int _widest;

    /// <param name="plan">The rows.</param>
    /// <param name="options">The network.</param>
    /// <param name="capacity">Most rows of a batch.</param>
    /// <param name="random">Decides what dropout leaves out.</param>
    public NetworkBatch(MiniBatchPlan plan, NetworkOptions options, int capacity, SeededRandom random)
    {
        _features = plan.Features;
        _labels = plan.Labels;
        _rowWeights = plan.RowWeights;
        _options = options;
        _random = random;
        Capacity = capacity;
        int[] widths = [_features.Columns, .. options.Hidden, options.MiniBatches.Labels.Count];
        _layers = [.. widths.Skip(1).Select((units, l) => new LayerTraining(widths[l], units, options.MiniBatches, options.Threads))];
        var even = capacity + (capacity & 1);
        _inputs = [.. _layers.Select(layer => new AlignedBuffer<float>((long)even * layer.Packed.Stride))];
        _widest = _layers.Max(layer => PaddedRows.Columns(layer.Units));
        _outputs = new AlignedBuffer<double>((long)even * _widest);
        _upstream = new AlignedBuffer<double>((long)even * _widest);
        _slopes = new AlignedBuffer<float>((long)even * _widest);
        _transposed = new AlignedBuffer<float>((long)even * _widest);
        _mask = new float[options.Hidden.Max()];
        Forward = new NetworkForward([.. _layers.Select(layer => layer.Packed)]);
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <summary>The layers, to set their weights.</summary>
    public IReadOnlyList<LayerTraining> Layers => _layers;

    /// <summary>The network as it is, without dropout.</summary>
    public NetworkForward Forward { get; }

    /// <inheritdoc/>
    public (double Objective, int Correct) Step(ReadOnlySpan<int> rows, double rate)
    {
        for (var r = 0; r < rows.Length; r++)
        {
            _features.CopyRow(rows[r], new Span<float>(_inputs[0].Pointer + ((long)r * _layers[0].Packed.Stride), _features.Columns));
        }

        for (var l = 0; l < _layers.Length - 1; l++)
        {
            Hidden(l, rows.Length);
        }

        var (loss, correct) = Output(rows);
        var objective = (loss / rows.Length) + _layers.Sum(layer => layer.Penalty());
        for (var l = _layers.Length - 1; l >= 0; l--)
        {
            Back(l, rows.Length, rate);
        }

        return (objective, correct);
    }

    /// <inheritdoc/>
    public void Keep() => Array.ForEach(_layers, layer => layer.Keep());

    /// <inheritdoc/>
    public void Restore() => Array.ForEach(_layers, layer => layer.Restore());

    public void Dispose()
    {
        Array.ForEach(_layers, layer => layer.Dispose());
        Array.ForEach(_inputs, input => input.Dispose());
        _outputs.Dispose();
        _upstream.Dispose();
        _slopes.Dispose();
        _transposed.Dispose();
    }

    /// <summary>Dense, ReLU, dropout; the result is the next layer's input.</summary>
    private void Hidden(int l, int rows)
    {
        var layer = _layers[l].Packed;
        layer.Forward(_inputs[l].Pointer, layer.Stride, rows, _outputs.Pointer, _widest, _options.Threads);
        var share = _options.DropoutOf(l);
        for (var r = 0; r < rows; r++)
        {
            var target = new Span<float>(_inputs[l + 1].Pointer + ((long)r * _layers[l + 1].Packed.Stride), layer.Units);
            ActivationKernels.Relu(new ReadOnlySpan<double>(_outputs.Pointer + ((long)r * _widest), layer.Units), target);
            if (share > 0)
            {
                var mask = _mask.AsSpan(0, layer.Units);
                var kept = (float)(1 / (1 - share));
                for (var unit = 0; unit < mask.Length; unit++)
                {
                    mask[unit] = _random.NextUnit() < share ? 0 : kept;
                }

                ActivationKernels.Multiply(target, mask);
            }
        }
    }

    /// <summary>The last layer and the loss; leaves the slopes by the logits.</summary>
    private (double Loss, int Correct) Output(ReadOnlySpan<int> rows)
    {
        var last = _layers[^1];
        var padded = SoftmaxRows.PaddedClasses(last.Units);
        last.Packed.Forward(_inputs[^1].Pointer, last.Packed.Stride, rows.Length, _outputs.Pointer, _widest, _options.Threads);
        var (loss, correct) = (0.0, 0);
        fixed (double* biasSums = last.BiasSums)
        {
            for (var r = 0; r < rows.Length; r++)
            {
                var logits = _outputs.Pointer + ((long)r * _widest);
                new Span<double>(logits + last.Units, padded - last.Units).Fill(double.NegativeInfinity);
                var label = _labels[rows[r]];
                correct += SmoothedCrossEntropy.MostProbable(new ReadOnlySpan<double>(logits, last.Units)) == label ? 1 : 0;
                loss += SmoothedCrossEntropy.Measure(
                    logits, last.Units, padded, label, _rowWeights?[rows[r]] ?? 1, _options.MiniBatches.LabelSmoothing, _slopes.Pointer + ((long)r * _widest), biasSums);
            }
        }

        return (loss, correct);
    }

    /// <summary>Takes the slopes through a layer and steps it; leaves the slopes of the layer below.</summary>
    private void Back(int l, int rows, double rate)
    {
        var layer = _layers[l];
        if (l > 0)
        {
            for (var r = 0; r < rows; r++)
            {
                for (var unit = 0; unit < layer.Units; unit++)
                {
                    _transposed.Pointer[((long)unit * Capacity) + r] = _slopes.Pointer[((long)r * _widest) + unit];
                }
            }

            layer.Backward(_transposed.Pointer, Capacity, rows, _upstream.Pointer);
        }

        layer.Step(_inputs[l].Pointer, layer.Packed.Stride, rows, _slopes.Pointer, _widest, rate);
        if (l > 0)
        {
            var below = _layers[l - 1];
            var scale = (float)(1 / (1 - _options.DropoutOf(l - 1)));
            for (var r = 0; r < rows; r++)
            {
                ActivationKernels.ReluBackward(
                    new ReadOnlySpan<double>(_upstream.Pointer + ((long)r * layer.Packed.Columns), below.Units),
                    new ReadOnlySpan<float>(_inputs[l].Pointer + ((long)r * layer.Packed.Stride), below.Units),
                    scale, new Span<float>(_slopes.Pointer + ((long)r * _widest), below.Units), below.BiasSums.AsSpan(0, below.Units));
            }
        }
    }
}
