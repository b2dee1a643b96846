using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlTransfer.Datasets.Arrays;

/// <summary>float16 numbers to float32, in registers as wide as the machine has; exact, as every float16 is a float32.</summary>
internal static class HalfConversion
{
    private const int MantissaShift = 13;

    /// <summary>Sign, and exponent and mantissa where float32 has them.</summary>
    private const int Kept = unchecked((int)0x8FFFE000);

    /// <summary>The exponents' biases are 15 and 127; the product also makes subnormal numbers right.</summary>
    private const float BiasDifference = 5.192296858534828e33f;

    /// <summary>What the product makes of infinity and of numbers that are none: at least this.</summary>
    private const float Overflow = 65536;

    /// <summary>target = source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToSingle(ReadOnlySpan<Half> source, Span<float> target)
    {
        var halves = MemoryMarshal.Cast<Half, Vector<short>>(source);
        var singles = MemoryMarshal.Cast<float, Vector<float>>(target)[..(2 * halves.Length)];
        for (var i = 0; i < halves.Length; i++)
        {
            // Widened with its sign, shifted and masked, the sign stands at the top and the bits between are cleared.
            Vector.Widen(halves[i], out var low, out var high);
            singles[2 * i] = Widened(low);
            singles[(2 * i) + 1] = Widened(high);
        }

        for (var i = halves.Length * Vector<short>.Count; i < source.Length; i++)
        {
            target[i] = (float)source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Widened(Vector<int> extended)
    {
        var bits = Vector.ShiftLeft(extended, MantissaShift) & new Vector<int>(Kept);
        var value = Vector.AsVectorSingle(bits) * BiasDifference;
        var beyond = Vector.GreaterThanOrEqual(Vector.Abs(value), new Vector<float>(Overflow));
        return Vector.AsVectorSingle(Vector.AsVectorInt32(value) | (Vector.AsVectorInt32(beyond) & new Vector<int>(0x7F800000)));
    }
}
