using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorOfDouble = System.Numerics.Vector<double>;
using VectorOfSingle = System.Numerics.Vector<float>;

namespace MlTransfer.Trainers.Kernels;

/// <summary>
/// What lies between two dense layers, in registers as wide as the machine has. Each vector form does, number by number, exactly what its scalar form
/// does, which also serves the numbers left over.
/// </summary>
internal static class ActivationKernels
{
    /// <summary>target = max(source, 0), rounded to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Relu(ReadOnlySpan<double> source, Span<float> target)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(source);
        var vt = MemoryMarshal.Cast<float, VectorOfSingle>(target)[..(vs.Length / 2)];
        for (var i = 0; i < vt.Length; i++)
        {
            vt[i] = System.Numerics.Vector.Narrow(
                System.Numerics.Vector.Max(vs[2 * i], VectorOfDouble.Zero), System.Numerics.Vector.Max(vs[(2 * i) + 1], VectorOfDouble.Zero));
        }

        var done = vt.Length * VectorOfSingle.Count;
        ReluScalar(source[done..], target[done..]);
    }

    /// <summary>The scalar form of <see cref="Relu"/>.</summary>
    public static void ReluScalar(ReadOnlySpan<double> source, Span<float> target)
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = (float)Math.Max(source[i], 0);
        }
    }

    /// <summary>target *= factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Span<float> target, ReadOnlySpan<float> factors)
    {
        var vt = MemoryMarshal.Cast<float, VectorOfSingle>(target);
        var vf = MemoryMarshal.Cast<float, VectorOfSingle>(factors)[..vt.Length];
        for (var i = 0; i < vt.Length; i++)
        {
            vt[i] *= vf[i];
        }

        for (var i = vt.Length * VectorOfSingle.Count; i < target.Length; i++)
        {
            target[i] *= factors[i];
        }
    }

    /// <summary>
    /// Back through ReLU and dropout: slope = upstream · scale where the activation is above zero, else zero; rounded to <paramref name="slopes"/>, added
    /// unrounded to <paramref name="sums"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReluBackward(ReadOnlySpan<double> upstream, ReadOnlySpan<float> activations, double scale, Span<float> slopes, Span<double> sums)
    {
        var va = MemoryMarshal.Cast<float, VectorOfSingle>(activations);
        var vu = MemoryMarshal.Cast<double, VectorOfDouble>(upstream)[..(2 * va.Length)];
        var vs = MemoryMarshal.Cast<float, VectorOfSingle>(slopes)[..va.Length];
        var vb = MemoryMarshal.Cast<double, VectorOfDouble>(sums)[..(2 * va.Length)];
        for (var i = 0; i < va.Length; i++)
        {
            System.Numerics.Vector.Widen(va[i], out var a0, out var a1);
            var s0 = System.Numerics.Vector.ConditionalSelect(System.Numerics.Vector.GreaterThan(a0, VectorOfDouble.Zero), vu[2 * i] * scale, VectorOfDouble.Zero);
            var s1 = System.Numerics.Vector.ConditionalSelect(System.Numerics.Vector.GreaterThan(a1, VectorOfDouble.Zero), vu[(2 * i) + 1] * scale, VectorOfDouble.Zero);
            vs[i] = System.Numerics.Vector.Narrow(s0, s1);
            vb[2 * i] += s0;
            vb[(2 * i) + 1] += s1;
        }

        var done = va.Length * VectorOfSingle.Count;
        ReluBackwardScalar(upstream[done..], activations[done..], scale, slopes[done..], sums[done..]);
    }

    /// <summary>The scalar form of <see cref="ReluBackward"/>.</summary>
    public static void ReluBackwardScalar(ReadOnlySpan<double> upstream, ReadOnlySpan<float> activations, double scale, Span<float> slopes, Span<double> sums)
    {
        for (var i = 0; i < activations.Length; i++)
        {
            var slope = activations[i] > 0 ? upstream[i] * scale : 0;
            slopes[i] = (float)slope;
            sums[i] += slope;
        }
    }
}
