using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorOfDouble = System.Numerics.Vector<double>;
using VectorOfSingle = System.Numerics.Vector<float>;

namespace MlTransfer.Trainers.Kernels;

/// <summary>Operations on long float64 vectors, in registers as wide as the machine has; each sum has one fixed order.</summary>
internal static class DoubleKernels
{
    /// <summary>Σ a · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, VectorOfDouble>(a);
        var vb = MemoryMarshal.Cast<double, VectorOfDouble>(b)[..va.Length];
        VectorOfDouble s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i + 4 <= va.Length; i += 4)
        {
            s0 += va[i] * vb[i];
            s1 += va[i + 1] * vb[i + 1];
            s2 += va[i + 2] * vb[i + 2];
            s3 += va[i + 3] * vb[i + 3];
        }

        for (; i < va.Length; i++)
        {
            s0 += va[i] * vb[i];
        }

        var sum = System.Numerics.Vector.Sum(s0 + s1 + (s2 + s3));
        for (i *= VectorOfDouble.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>Σ a · b of float32 numbers, products and sum in float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var va = MemoryMarshal.Cast<float, VectorOfSingle>(a);
        var vb = MemoryMarshal.Cast<float, VectorOfSingle>(b)[..va.Length];
        VectorOfDouble s0 = default, s1 = default;
        for (var i = 0; i < va.Length; i++)
        {
            System.Numerics.Vector.Widen(va[i], out var a0, out var a1);
            System.Numerics.Vector.Widen(vb[i], out var b0, out var b1);
            s0 += a0 * b0;
            s1 += a1 * b1;
        }

        var sum = System.Numerics.Vector.Sum(s0 + s1);
        for (var i = va.Length * VectorOfSingle.Count; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    /// <summary>target = source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<float> source, Span<double> target)
    {
        var vs = MemoryMarshal.Cast<float, VectorOfSingle>(source);
        var vt = MemoryMarshal.Cast<double, VectorOfDouble>(target)[..(2 * vs.Length)];
        for (var i = 0; i < vs.Length; i++)
        {
            System.Numerics.Vector.Widen(vs[i], out vt[2 * i], out vt[(2 * i) + 1]);
        }

        for (var i = vs.Length * VectorOfSingle.Count; i < source.Length; i++)
        {
            target[i] = source[i];
        }
    }

    /// <summary>target = source, rounded to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<double> source, Span<float> target)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(source);
        var vt = MemoryMarshal.Cast<float, VectorOfSingle>(target)[..(vs.Length / 2)];
        for (var i = 0; i < vt.Length; i++)
        {
            vt[i] = System.Numerics.Vector.Narrow(vs[2 * i], vs[(2 * i) + 1]);
        }

        for (var i = vt.Length * VectorOfSingle.Count; i < source.Length; i++)
        {
            target[i] = (float)source[i];
        }
    }

    /// <summary>target += factor · source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, ReadOnlySpan<double> source, Span<double> target)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(source);
        var vt = MemoryMarshal.Cast<double, VectorOfDouble>(target)[..vs.Length];
        var i = 0;
        for (; i < vs.Length; i++)
        {
            vt[i] += factor * vs[i];
        }

        for (i *= VectorOfDouble.Count; i < source.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }
}
