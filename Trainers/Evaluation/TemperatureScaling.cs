namespace MlTransfer.Trainers.Evaluation;

/// <summary>Finds the one number that logits are divided by so that probabilities can be taken at their word; the predicted classes stay.</summary>
/// <remarks>Source: Guo et al., On Calibration of Modern Neural Networks, 2017. Fit it on rows that the head was not fitted on. Stateless, hence thread-safe.</remarks>
public static class TemperatureScaling
{
    private const double Coldest = 1e-3;
    private const double Hottest = 1e3;
    private const int MaxSteps = 200;

    /// <summary>The temperature T that minimises the mean log loss of softmax(logits / T).</summary>
    /// <param name="logits">rows × classes, row-major, finite.</param>
    /// <param name="actual">True class a row, 0 … classes − 1; at least one row.</param>
    /// <returns>From 0.001 to 1,000; at an end where the loss falls towards it (every row right, or nothing learned).</returns>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no rows.</exception>
    public static double Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> actual)
    {
        if (actual.IsEmpty || logits.Length % actual.Length != 0)
        {
            throw new ArgumentException($"{logits.Length} logits do not make {actual.Length} rows.", nameof(logits));
        }

        // The loss is convex in 1 / T, so the sign of its slope there says on which side the minimum lies.
        double low = 1 / Hottest, high = 1 / Coldest;
        for (var step = 0; step < MaxSteps && high - low > 1e-12 * high; step++)
        {
            var middle = Math.Sqrt(low * high);
            if (Slope(logits, actual, middle) > 0)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return 2 / (low + high);
    }

    /// <summary>Mean log loss of softmax(logits / temperature).</summary>
    /// <param name="logits">rows × classes, row-major, finite.</param>
    /// <param name="actual">True class a row.</param>
    /// <param name="temperature">Above 0.</param>
    public static double LogLoss(ReadOnlySpan<float> logits, ReadOnlySpan<int> actual, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var classes = logits.Length / Math.Max(1, actual.Length);
        var loss = 0.0;
        for (var row = 0; row < actual.Length; row++)
        {
            var own = logits.Slice(row * classes, classes);
            var (sum, _, largest) = Moments(own, 1 / temperature);
            loss += Math.Log(sum) + ((largest - own[actual[row]]) / temperature);
        }

        return loss / actual.Length;
    }

    /// <summary>Slope of the summed log loss in the inverse temperature: expected minus true logit.</summary>
    private static double Slope(ReadOnlySpan<float> logits, ReadOnlySpan<int> actual, double inverse)
    {
        var classes = logits.Length / actual.Length;
        var slope = 0.0;
        for (var row = 0; row < actual.Length; row++)
        {
            var own = logits.Slice(row * classes, classes);
            var (sum, weighted, _) = Moments(own, inverse);
            slope += (weighted / sum) - own[actual[row]];
        }

        return slope;
    }

    private static (double Sum, double Weighted, float Largest) Moments(ReadOnlySpan<float> logits, double inverse)
    {
        var largest = logits[0];
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0, weighted = 0;
        foreach (var logit in logits)
        {
            var weight = Math.Exp((logit - largest) * inverse);
            sum += weight;
            weighted += weight * logit;
        }

        return (sum, weighted, largest);
    }
}
