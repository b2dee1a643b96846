namespace MlTransfer.Trainers.Losses;

/// <summary>Cross-entropy against a label whose share smoothing is spread evenly over all classes.</summary>
internal static unsafe class SmoothedCrossEntropy
{
    /// <summary>
    /// Weighted loss of one row: it differs from that against the label alone by smoothing · (logit of the label − mean logit). Its slopes by the logits go
    /// to <paramref name="slopes"/> and are added to <paramref name="biasSums"/>; the logits are overwritten.
    /// </summary>
    public static double Measure(
        double* logits, int classes, int paddedClasses, int label, double weight, double smoothing, float* slopes, double* biasSums)
    {
        if (smoothing == 0)
        {
            return SoftmaxRows.CrossEntropy(logits, classes, paddedClasses, label, weight, slopes, biasSums);
        }

        var mean = 0.0;
        for (var c = 0; c < classes; c++)
        {
            mean += logits[c] / classes;
        }

        var spread = weight * smoothing;
        var difference = spread * (logits[label] - mean);
        var loss = SoftmaxRows.CrossEntropy(logits, classes, paddedClasses, label, weight, slopes, biasSums);
        for (var c = 0; c < classes; c++)
        {
            var slope = spread * ((c == label ? 1 : 0) - (1.0 / classes));
            slopes[c] = (float)(slopes[c] + slope);
            biasSums[c] += slope;
        }

        return loss + difference;
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
