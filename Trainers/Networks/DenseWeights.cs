namespace MlTransfer.Trainers.Networks;

/// <summary>A dense layer: y = W · x + b. Immutable once made; safe to use from any thread.</summary>
public sealed class DenseWeights
{
    private readonly float[] _weight;
    private readonly float[] _bias;

    /// <summary>Copies a layer's numbers.</summary>
    /// <param name="weight">W, units × inputs, row-major (a row a unit, as torch's Linear; Keras' kernel transposed).</param>
    /// <param name="bias">b, one a unit; their number is the number of units.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a number is not finite.</exception>
    public DenseWeights(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        if (bias.IsEmpty || weight.IsEmpty || weight.Length % bias.Length != 0)
        {
            throw new ArgumentException($"{weight.Length} weights cannot be shared out among {bias.Length} units.", nameof(weight));
        }

        ThrowIfNotFinite(weight, nameof(weight));
        ThrowIfNotFinite(bias, nameof(bias));
        _weight = weight.ToArray();
        _bias = bias.ToArray();
        Inputs = weight.Length / bias.Length;
    }

    /// <summary>Numbers that go in.</summary>
    public int Inputs { get; }

    /// <summary>Numbers that come out.</summary>
    public int Units => _bias.Length;

    /// <summary>W, units × inputs, row-major.</summary>
    public ReadOnlySpan<float> Weight => _weight;

    /// <summary>b, one a unit.</summary>
    public ReadOnlySpan<float> Bias => _bias;

    private static void ThrowIfNotFinite(ReadOnlySpan<float> values, string name)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"a dense layer needs finite numbers; {value} was found.", name);
            }
        }
    }
}
