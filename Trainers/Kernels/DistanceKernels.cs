using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorOfDouble = System.Numerics.Vector<double>;
using VectorOfSingle = System.Numerics.Vector<float>;

namespace MlTransfer.Trainers.Kernels;

/// <summary>Distances of float32 vectors with differences, products and sums in float64, in registers as wide as the machine has.</summary>
internal static class DistanceKernels
{
    /// <summary>Σ (a − b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var va = MemoryMarshal.Cast<float, VectorOfSingle>(a);
        var vb = MemoryMarshal.Cast<float, VectorOfSingle>(b)[..va.Length];
        VectorOfDouble s0 = default, s1 = default;
        for (var i = 0; i < va.Length; i++)
        {
            System.Numerics.Vector.Widen(va[i], out var a0, out var a1);
            System.Numerics.Vector.Widen(vb[i], out var b0, out var b1);
            var d0 = a0 - b0;
            var d1 = a1 - b1;
            s0 += d0 * d0;
            s1 += d1 * d1;
        }

        var done = va.Length * VectorOfSingle.Count;
        return System.Numerics.Vector.Sum(s0 + s1) + SquaredDistanceScalar(a[done..], b[done..]);
    }

    /// <summary>The scalar form of <see cref="SquaredDistance"/>; their sums differ in order only.</summary>
    public static double SquaredDistanceScalar(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return sum;
    }
}
