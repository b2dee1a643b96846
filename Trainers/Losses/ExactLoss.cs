using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Losses;

/// <summary>The loss of a finished layer with every product and sum in float64: what a fit reports, free of the rounding that its own passes carry.</summary>
internal static class ExactLoss
{
    /// <summary>(1 / rows) · Σ weight · cross-entropy, and how many rows are predicted right: theirs is the first of the most probable classes.</summary>
    public static unsafe (double LogLoss, int Correct) Measure(
        IFeatureSource features,
        ReadOnlyMemory<int> labels,
        double[]? rowWeights,
        SoftmaxWeights layer,
        int threads,
        CancellationToken cancellation,
        double smoothing = 0)
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
            var copy = features is FeatureMatrix ? [] : new float[features.Columns];
            var (start, end) = partition.Chunk(chunk);
            for (var r = start; r < end; r++)
            {
                Array.Fill(logits, double.NegativeInfinity);
                ReadOnlySpan<float> row = copy;
                if (features is FeatureMatrix matrix)
                {
                    row = matrix.Row(r);
                }
                else
                {
                    features.CopyRow(r, copy);
                }

                for (var c = 0; c < layer.Classes; c++)
                {
                    logits[c] = layer.Bias[c] + DoubleKernels.Dot(row, layer.Weight.Slice(c * layer.Features, layer.Features));
                }

                corrects[chunk] += SmoothedCrossEntropy.MostProbable(logits.AsSpan(0, layer.Classes)) == labels.Span[r] ? 1 : 0;
                fixed (double* z = logits)
                {
                    var target = SmoothedCrossEntropy.SmoothedLogit(z, layer.Classes, labels.Span[r], smoothing);
                    var sum = SoftmaxRows.Exponentials(z, padded, out var largest);
                    losses[chunk] += (rowWeights?[r] ?? 1) * (Math.Log(sum) + largest - target);
                }
            }

            features.Release(start, end - start);
        }
    }

    /// <summary>Σ W².</summary>
    public static double SumOfSquares(SoftmaxWeights layer) => DoubleKernels.Dot(layer.Weight, layer.Weight);

    /// <summary>L1 · Σ |W| + (L2 / 2) · Σ W², of the weights as they were before they took in the columns' scales.</summary>
    public static double Penalty(SoftmaxWeights layer, ReadOnlySpan<float> scales, double l1, double l2)
    {
        double sum = 0, squares = 0;
        for (var c = 0; c < layer.Classes; c++)
        {
            var row = layer.Weight.Slice(c * layer.Features, layer.Features);
            for (var d = 0; d < row.Length; d++)
            {
                var weight = scales.IsEmpty ? row[d] : (double)row[d] / scales[d];
                sum += Math.Abs(weight);
                squares += weight * weight;
            }
        }

        return (l1 * sum) + (l2 / 2 * squares);
    }
}
