using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>Turns what lies under the window of an output pixel into bytes: x ≈ lowest + step · byte, with a lowest value and a step of the pixel's own.</summary>
/// <remarks>
/// |x − (lowest + step · byte)| ≤ step / 2 and some roundings. So an image's result depends on no other image, and no data need be seen
/// before. All register widths give the same bytes: the operations are the same, each rounded once.
/// </remarks>
internal static unsafe class PixelQuantizer
{
    /// <summary>The largest byte that stands for a value: two products with weights of up to ±127, added, are below 2¹⁵.</summary>
    public const int Highest = 127;

    /// <summary>Widens a range to hold some values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Extend(float* values, int count, ref float lowest, ref float highest)
    {
        var i = 0;
        if (count >= Vector256<float>.Count)
        {
            var low = Vector256.Create(lowest);
            var high = Vector256.Create(highest);
            if (Vector512.IsHardwareAccelerated)
            {
                var (wideLow, wideHigh) = (Vector512.Create(lowest), Vector512.Create(highest));
                for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
                {
                    var value = Vector512.Load(values + i);
                    wideLow = Vector512.MinNative(wideLow, value);
                    wideHigh = Vector512.MaxNative(wideHigh, value);
                }

                low = Vector256.MinNative(wideLow.GetLower(), wideLow.GetUpper());
                high = Vector256.MaxNative(wideHigh.GetLower(), wideHigh.GetUpper());
            }

            for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
            {
                var value = Vector256.Load(values + i);
                low = Vector256.MinNative(low, value);
                high = Vector256.MaxNative(high, value);
            }

            var lower = Vector128.Min(low.GetLower(), low.GetUpper());
            var higher = Vector128.Max(high.GetLower(), high.GetUpper());
            lower = Vector128.Min(lower, Vector128.Shuffle(lower, Vector128.Create(2, 3, 0, 1)));
            higher = Vector128.Max(higher, Vector128.Shuffle(higher, Vector128.Create(2, 3, 0, 1)));
            lowest = Math.Min(lower[0], lower[1]);
            highest = Math.Max(higher[0], higher[1]);
        }

        for (; i < count; i++)
        {
            lowest = Math.Min(lowest, values[i]);
            highest = Math.Max(highest, values[i]);
        }
    }

    /// <summary>Writes the bytes of some values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="count">How many.</param>
    /// <param name="lowest">What 0 stands for.</param>
    /// <param name="perUnit">Bytes a unit: one over the step.</param>
    /// <param name="bytes">Where to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(float* values, int count, float lowest, float perUnit, byte* bytes)
    {
        var i = 0;
        var low = Vector256.Create(lowest);
        var factor = Vector256.Create(perUnit);
        var half = Vector256.Create(0.5f);
        if (Avx512F.IsSupported)
        {
            var (wideLow, wideFactor, wideHalf) = (Vector512.Create(lowest), Vector512.Create(perUnit), Vector512.Create(0.5f));
            for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
            {
                var integers = Vector512.ConvertToInt32Native(((Vector512.Load(values + i) - wideLow) * wideFactor) + wideHalf);
                Avx512F.ConvertToVector128Byte(integers).Store(bytes + i);
            }
        }

        for (; i + (4 * Vector256<float>.Count) <= count; i += 4 * Vector256<float>.Count)
        {
            var first = Vector256.Narrow(Integers(values + i, low, factor, half), Integers(values + i + 8, low, factor, half));
            var second = Vector256.Narrow(Integers(values + i + 16, low, factor, half), Integers(values + i + 24, low, factor, half));
            Vector256.Narrow(first, second).AsByte().Store(bytes + i);
        }

        for (; i < count; i++)
        {
            bytes[i] = (byte)(int)(((values[i] - lowest) * perUnit) + 0.5f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Integers(float* values, Vector256<float> lowest, Vector256<float> perUnit, Vector256<float> half) =>
        Vector256.ConvertToInt32Native(((Vector256.Load(values) - lowest) * perUnit) + half);
}
