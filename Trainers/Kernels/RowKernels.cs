using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlTransfer.Trainers.Kernels;

/// <summary>
/// Operations on one row of float32 numbers, in registers as wide as the machine has. Each number is treated on its own, so every width gives the bits
/// of the scalar form.
/// </summary>
internal static class RowKernels
{
    /// <summary>total += row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTo(ReadOnlySpan<float> row, Span<double> total)
    {
        var vs = MemoryMarshal.Cast<float, Vector<float>>(row);
        var vt = MemoryMarshal.Cast<double, Vector<double>>(total)[..(2 * vs.Length)];
        for (var i = 0; i < vs.Length; i++)
        {
            Vector.Widen(vs[i], out var low, out var high);
            vt[2 * i] += low;
            vt[(2 * i) + 1] += high;
        }

        for (var i = vs.Length * Vector<float>.Count; i < row.Length; i++)
        {
            total[i] += row[i];
        }
    }

    /// <summary>total += row².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSquareTo(ReadOnlySpan<float> row, Span<double> total)
    {
        var vs = MemoryMarshal.Cast<float, Vector<float>>(row);
        var vt = MemoryMarshal.Cast<double, Vector<double>>(total)[..(2 * vs.Length)];
        for (var i = 0; i < vs.Length; i++)
        {
            Vector.Widen(vs[i], out var low, out var high);
            vt[2 * i] += low * low;
            vt[(2 * i) + 1] += high * high;
        }

        for (var i = vs.Length * Vector<float>.Count; i < row.Length; i++)
        {
            total[i] += (double)row[i] * row[i];
        }
    }

    /// <summary>target = source − mean; may be done in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Subtract(ReadOnlySpan<float> source, ReadOnlySpan<float> mean, Span<float> target)
    {
        var vs = MemoryMarshal.Cast<float, Vector<float>>(source);
        var vm = MemoryMarshal.Cast<float, Vector<float>>(mean)[..vs.Length];
        var vt = MemoryMarshal.Cast<float, Vector<float>>(target)[..vs.Length];
        for (var i = 0; i < vs.Length; i++)
        {
            vt[i] = vs[i] - vm[i];
        }

        for (var i = vs.Length * Vector<float>.Count; i < source.Length; i++)
        {
            target[i] = source[i] - mean[i];
        }
    }

    /// <summary>target *= factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> factor, Span<float> target)
    {
        var vf = MemoryMarshal.Cast<float, Vector<float>>(factor);
        var vt = MemoryMarshal.Cast<float, Vector<float>>(target)[..vf.Length];
        for (var i = 0; i < vf.Length; i++)
        {
            vt[i] *= vf[i];
        }

        for (var i = vf.Length * Vector<float>.Count; i < factor.Length; i++)
        {
            target[i] *= factor[i];
        }
    }
}
