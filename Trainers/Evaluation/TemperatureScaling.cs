using System.Runtime.InteropServices;

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

    /// <summary>
    /// The temperature from probabilities: their logarithms are logits. Rows of a class to which no row gives any probability are left out: such a class was not
    /// trained on, no temperature would ever make it probable, and making up for it would blur all others.
    /// </summary>
    /// <param name="probabilities">rows × classes, row-major, 0 … 1.</param>
    /// <param name="actual">True class a row, 0 … classes − 1; at least one row.</param>
    /// <returns>
    /// From 0.001 to 1,000; null where the loss has no minimum in between: every row is predicted right, so that no sureness is too much, or the probabilities
    /// know nothing. Such rows say nothing about the temperature, and it is better left at 1.
    /// </returns>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are no rows.</exception>
    public static double? FitProbabilities(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> actual)
    {
        if (actual.IsEmpty || probabilities.Length % actual.Length != 0)
        {
            throw new ArgumentException($"{probabilities.Length} probabilities do not make {actual.Length} rows.", nameof(probabilities));
        }

        var classes = probabilities.Length / actual.Length;
        var isGiven = new bool[classes];
        for (var i = 0; i < probabilities.Length; i++)
        {
            isGiven[i % classes] |= probabilities[i] > 0;
        }

        var (logits, labels) = (new List<float>(probabilities.Length), new List<int>(actual.Length));
        for (var row = 0; row < actual.Length; row++)
        {
            if (!isGiven[actual[row]])
            {
                continue;
            }

            labels.Add(actual[row]);
            foreach (var probability in probabilities.Slice(row * classes, classes))
            {
                // Zero is what became of a number too small for float32.
                logits.Add(MathF.Log(MathF.Max(probability, float.Epsilon)));
            }
        }

        if (labels.Count == 0)
        {
            return null;
        }

        var temperature = Fit(CollectionsMarshal.AsSpan(logits), CollectionsMarshal.AsSpan(labels));
        return temperature is > Coldest * 1.001 and < Hottest / 1.001 ? temperature : null;
    }

    /// <summary>Divides the logits behind probabilities by a temperature, in place: each becomes proportional to its power 1 / T.</summary>
    /// <param name="probabilities">rows × classes, row-major, 0 … 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="temperature">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static void Apply(Span<float> probabilities, int classes, double temperature)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var powers = new double[classes];
        for (var first = 0; first + classes <= probabilities.Length; first += classes)
        {
            var own = probabilities.Slice(first, classes);
            var (largest, sum) = (0f, 0.0);
            foreach (var probability in own)
            {
                largest = Math.Max(largest, probability);
            }

            for (var c = 0; c < classes; c++)
            {
                powers[c] = Math.Pow(own[c] / (double)largest, 1 / temperature);
                sum += powers[c];
            }

            for (var c = 0; c < classes; c++)
            {
                own[c] = (float)(powers[c] / sum);
            }
        }
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
