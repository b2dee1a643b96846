using System.Text;

namespace MlTransfer.Features.Tests.Engines.Managed.Nets;

/// <summary>The rule by which the weights and inputs of golden/nets are made: FNV-1a of the name seeds SplitMix64.</summary>
internal static class WeightFill
{
    /// <summary>The values for a name.</summary>
    public static float[] Fill(string name, int count, float scale)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ value) * 0x100000001B3UL);
        }

        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            unchecked
            {
                var z = hash + ((ulong)(i + 1) * 0x9E3779B97F4A7C15UL);
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
                z ^= z >> 31;
                var u = (z >> 40) * (1f / (1 << 24));
                values[i] = ((2 * u) - 1) * scale;
            }
        }

        return values;
    }
}
