using MlTransfer.Trainers.Kernels;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Trainers.Networks;

/// <summary>Runs dense layers forward. Thread-safe as long as the layers do not change.</summary>
internal sealed unsafe class NetworkForward(IReadOnlyList<PackedLayer> layers)
{
    public NetworkForward(NetworkWeights weights)
        : this([.. weights.Layers.Select(layer => new PackedLayer(layer))])
    {
    }

    /// <summary>Distance between two rows of logits.</summary>
    public int LogitStride { get; } = SoftmaxRows.PaddedClasses(layers[^1].Units);

    private int Classes => layers[^1].Units;

    /// <summary>Logits of some rows, padding at −∞; what a row gets does not depend on the others.</summary>
    /// <param name="rows">An even number of rows of room, filled up with zeros.</param>
    /// <param name="stride">Distance between rows.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="logits">An even number of rows of <see cref="LogitStride"/>.</param>
    public void Logits(float* rows, long stride, int count, double* logits)
    {
        var even = count + (count & 1);
        AlignedBuffer<float>? activations = null;
        for (var l = 0; l < layers.Count - 1; l++)
        {
            var layer = layers[l];
            using var outputs = new AlignedBuffer<double>((long)even * layer.Units);
            var next = new AlignedBuffer<float>((long)even * layers[l + 1].Stride);
            layer.Forward(activations is null ? rows : activations.Pointer, activations is null ? stride : layer.Stride, count, outputs.Pointer, layer.Units, 1);
            for (var row = 0; row < count; row++)
            {
                ActivationKernels.Relu(
                    new ReadOnlySpan<double>(outputs.Pointer + ((long)row * layer.Units), layer.Units),
                    new Span<float>(next.Pointer + ((long)row * layers[l + 1].Stride), layer.Units));
            }

            activations?.Dispose();
            activations = next;
        }

        new Span<double>(logits, even * LogitStride).Fill(double.NegativeInfinity);
        var last = layers[^1];
        last.Forward(activations is null ? rows : activations.Pointer, activations is null ? stride : last.Stride, count, logits, LogitStride, 1);
        activations?.Dispose();
    }

    /// <summary>(1 / rows) · Σ weight · cross-entropy, and how many rows are predicted right.</summary>
    public (double LogLoss, int Correct) Measure(
        IFeatureSource features, ReadOnlyMemory<int> labels, ReadOnlyMemory<double> rowWeights, int threads, CancellationToken cancellation)
    {
        const int blockRows = 32;
        var stride = layers[0].Stride;
        var blocks = (features.Rows + blockRows - 1) / blockRows;
        var losses = new double[blocks];
        var corrects = new int[blocks];
        FixedOrder.Run(blocks, threads, Sum, cancellation);
        return (losses.Sum() / features.Rows, corrects.Sum());

        void Sum(int number)
        {
            var first = number * blockRows;
            var count = Math.Min(blockRows, features.Rows - first);
            var even = count + (count & 1);
            using var rows = new AlignedBuffer<float>((long)even * stride);
            using var logits = new AlignedBuffer<double>((long)even * LogitStride);
            for (var row = 0; row < count; row++)
            {
                features.CopyRow(first + row, new Span<float>(rows.Pointer + ((long)row * stride), features.Columns));
            }

            Logits(rows.Pointer, stride, count, logits.Pointer);
            for (var row = 0; row < count; row++)
            {
                var own = logits.Pointer + ((long)row * LogitStride);
                var label = labels.Span[first + row];
                var target = own[label];
                corrects[number] += SmoothedCrossEntropy.MostProbable(new ReadOnlySpan<double>(own, Classes)) == label ? 1 : 0;
                var sum = SoftmaxRows.Exponentials(own, LogitStride, out var largest);
                losses[number] += (rowWeights.IsEmpty ? 1 : rowWeights.Span[first + row]) * (Math.Log(sum) + largest - target);
            }
        }
    }

    /// <summary>Probabilities from logits, each divided by a temperature.</summary>
    /// <param name="logits">One row of <see cref="LogitStride"/>; overwritten.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="probabilities">One a class.</param>
    public void Softmax(double* logits, double inverseTemperature, Span<float> probabilities)
    {
        for (var c = 0; inverseTemperature != 1 && c < Classes; c++)
        {
            logits[c] *= inverseTemperature;
        }

        var sum = SoftmaxRows.Exponentials(logits, LogitStride, out _);
        for (var c = 0; c < Classes; c++)
        {
            probabilities[c] = (float)(logits[c] / sum);
        }
    }
}
