namespace MlTransfer.Features.Engines.Managed.Operations.Randomness;

/// <summary>The counter-based random generator Philox 4×32-10 as TensorFlow seeds it. Not thread-safe.</summary>
/// <remarks>Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); TensorFlow's philox_random.h for the use of the seeds.</remarks>
internal sealed class Philox
{
    private const int Rounds = 10;
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly ulong _high;
    private ulong _low;

    public Philox(long seed, long seed2)
    {
        (_key0, _key1) = ((uint)seed, (uint)(seed >>> 32));
        _high = (ulong)seed2;
    }

    /// <summary>The next four numbers.</summary>
    public (uint A, uint B, uint C, uint D) Next()
    {
        var (a, b, c, d) = ((uint)_low, (uint)(_low >> 32), (uint)_high, (uint)(_high >> 32));
        var (key0, key1) = (_key0, _key1);
        for (var round = 0; round < Rounds; round++)
        {
            var first = (ulong)a * 0xD2511F53;
            var second = (ulong)c * 0xCD9E8D57;
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ key0, (uint)second, (uint)(first >> 32) ^ d ^ key1, (uint)first);
            key0 = unchecked(key0 + 0x9E3779B9);
            key1 = unchecked(key1 + 0xBB67AE85);
        }

        _low++;
        return (a, b, c, d);
    }
}
