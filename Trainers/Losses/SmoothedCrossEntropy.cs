namespace MlTransfer.Trainers.Losses;

/// <summary>Cross-entropy against a label whose share smoothing is spread evenly over all classes.</summary>
internal static unsafe class SmoothedCrossEntropy
{
    /// <summary>
    /// Weighted loss of one row. Its slopes by the logits go to <paramref name="slopes"/> and are added to <paramref name="biasSums"/>; the logits are
    /// overwritten.
    /// </summary>
    public static double Measure(
        double* logits, int classes, int paddedClasses, int label, double weight, double smoothing, float* slopes, double* biasSums)
    {
        var target = SmoothedLogit(logits, classes, label, smoothing);
        var sum = SoftmaxRows.Exponentials(logits, paddedClasses, out var largest);
        var scale = weight / sum;
        var share = weight * smoothing / classes;
        for (var c = 0; c < classes; c++)
        {
            var slope = (logits[c] * scale) - (c == label ? (weight * (1 - smoothing)) + share : share);
            slopes[c] = (float)slope;
            biasSums[c] += slope;
        }

        return weight * (Math.Log(sum) + largest - target);
    }

    /// <summary>The label's logit, mixed by the smoothing with the mean logit: what the cross-entropy takes off the logarithm of the sum.</summary>
    public static double SmoothedLogit(double* logits, int classes, int label, double smoothing)
    {
        if (smoothing == 0)
        {
            return logits[label];
        }

        var mean = 0.0;
        for (var c = 0; c < classes; c++)
        {
            mean += logits[c] / classes;
        }

        return ((1 - smoothing) * logits[label]) + (smoothing * mean);
    }

    /// <summary>The first of the largest numbers, as argmax.</summary>
    public static int MostProbable(ReadOnlySpan<double> logits)
    {
        var best = 0;
        for (var c = 1; c < logits.Length; c++)
        {
            best = logits[c] > logits[best] ? c : best;
        }

        return best;
    }
}
