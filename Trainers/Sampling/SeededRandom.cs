namespace MlTransfer.Trainers.Sampling;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): the same numbers for the same seed in every version of .NET.
/// </summary>
internal sealed class SeededRandom(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>A number from 0 to <paramref name="limit"/> − 1.</summary>
    public int Next(int limit) => (int)Math.BigMul(NextBits(), (ulong)limit, out _);

    /// <summary>Shuffles in place (Fisher and Yates, from the last element down).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = Next(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>A number of the standard normal distribution, drawn again while it lies more than two deviations out, as TensorFlow's truncated_normal.</summary>
    public double NextTruncatedNormal()
    {
        while (true)
        {
            // Box–Muller; 1 − u keeps the logarithm's argument above zero.
            var value = Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());
            if (Math.Abs(value) <= 2)
            {
                return value;
            }
        }
    }

    /// <summary>A number from 0 to less than 1.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
