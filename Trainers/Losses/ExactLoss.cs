using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Losses;

/// <summary>The loss of a finished layer with every product and sum in float64: what a fit reports, free of the rounding that its own passes carry.</summary>
internal static class ExactLoss
{
    /// <summary>(1 / rows) · Σ weight · cross-entropy, and how many rows are predicted right: theirs is the first of the most probable classes.</summary>
    public static unsafe (double LogLoss, int Correct) Measure(
        FeatureMatrix features, ReadOnlyMemory<int> labels, double[]? rowWeights, SoftmaxWeights layer, int threads, CancellationToken cancellation)
    {
        var partition = RowPartition.For(features.Rows, 1, layer.Classes);
        var losses = new double[partition.Chunks];
        var corrects = new int[partition.Chunks];
        FixedOrder.Run(partition.Chunks, threads, Sum, cancellation);
        return (losses.Sum() / features.Rows, corrects.Sum());

        void Sum(int chunk)
        {
            var padded = SoftmaxRows.PaddedClasses(layer.Classes);
            var logits = new double[padded];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                Array.Fill(logits, double.NegativeInfinity);
                for (var c = 0; c < layer.Classes; c++)
                {
                    logits[c] = layer.Bias[c] + DoubleKernels.Dot(features.Row(r), layer.Weight.Slice(c * layer.Features, layer.Features));
                }

                var label = labels.Span[r];
                var target = logits[label];
                corrects[chunk] += SmoothedCrossEntropy.MostProbable(logits.AsSpan(0, layer.Classes)) == label ? 1 : 0;
                fixed (double* z = logits)
                {
                    var sum = SoftmaxRows.Exponentials(z, padded, out var largest);
                    losses[chunk] += (rowWeights?[r] ?? 1) * (Math.Log(sum) + largest - target);
                }
            }
        }
    }

    /// <summary>Σ W².</summary>
    public static double SumOfSquares(SoftmaxWeights layer) => DoubleKernels.Dot(layer.Weight, layer.Weight);
}
