namespace MlTransfer.Trainers;

/// <summary>How much each training row counts: its own weight times that of its class.</summary>
internal static class RowWeights
{
    /// <summary>One weight a row, or null where every row counts once.</summary>
    /// <param name="features">The rows.</param>
    /// <param name="classes">Their classes.</param>
    /// <param name="weighting">A rule for classes.</param>
    /// <param name="classWeights">A weight a class, in the order of the labels; null for none.</param>
    /// <param name="sampleWeights">A weight a row; empty for none.</param>
    public static double[]? Of(
        IFeatureSource features, PresentClasses classes, ClassWeighting weighting, IReadOnlyList<double>? classWeights, ReadOnlySpan<double> sampleWeights)
    {
        if (sampleWeights.IsEmpty && weighting == ClassWeighting.None && classWeights is null)
        {
            return null;
        }

        ThrowIfNotSampleWeights(features, sampleWeights);
        var weights = new double[features.Rows];
        for (var r = 0; r < weights.Length; r++)
        {
            var label = classes.RowLabels[r];
            weights[r] = (sampleWeights.IsEmpty ? 1 : sampleWeights[r]) * (classWeights?[classes.Numbers[label]] ?? 1);
            if (weighting == ClassWeighting.Balanced)
            {
                weights[r] *= features.Rows / ((double)classes.Count * classes.RowsOf[label]);
            }
        }

        return weights;
    }

    /// <summary>One weight a row (or none at all), each zero or more and finite.</summary>
    public static void ThrowIfNotSampleWeights(IFeatureSource features, ReadOnlySpan<double> sampleWeights)
    {
        if (!sampleWeights.IsEmpty && sampleWeights.Length != features.Rows)
        {
            throw new TrainingDataException($"{sampleWeights.Length} sample weights were given for {features.Rows} rows; give one a row.");
        }

        for (var r = 0; r < sampleWeights.Length; r++)
        {
            if (!double.IsFinite(sampleWeights[r]) || sampleWeights[r] < 0)
            {
                throw new TrainingDataException($"{features.Describe(r)} has the sample weight {sampleWeights[r]}; weights must be zero or more and finite.");
            }
        }
    }
}
