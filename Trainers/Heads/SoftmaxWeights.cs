namespace MlTransfer.Trainers.Heads;

/// <summary>A softmax layer: probabilities = softmax(W · x + b). Immutable once made; safe to use from any thread.</summary>
public sealed class SoftmaxWeights
{
    private readonly float[] _weight;
    private readonly float[] _bias;

    /// <summary>Copies a layer's numbers.</summary>
    /// <param name="weight">W, classes × features, row-major (a row a class, as torch's Linear).</param>
    /// <param name="bias">b, one a class; their number is the number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a number is not finite.</exception>
    public SoftmaxWeights(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        if (bias.IsEmpty || weight.IsEmpty || weight.Length % bias.Length != 0)
        {
            throw new ArgumentException($"{weight.Length} weights cannot be shared out among {bias.Length} classes.", nameof(weight));
        }

        foreach (var value in weight)
        {
            ThrowIfNotFinite(value, nameof(weight));
        }

        foreach (var value in bias)
        {
            ThrowIfNotFinite(value, nameof(bias));
        }

        _weight = weight.ToArray();
        _bias = bias.ToArray();
        Features = weight.Length / bias.Length;
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _bias.Length;

    /// <summary>Number of features.</summary>
    public int Features { get; }

    /// <summary>W, classes × features, row-major.</summary>
    public ReadOnlySpan<float> Weight => _weight;

    /// <summary>b, one a class.</summary>
    public ReadOnlySpan<float> Bias => _bias;

    private static void ThrowIfNotFinite(float value, string name)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentException($"a softmax layer needs finite numbers; {value} was found.", name);
        }
    }
}
