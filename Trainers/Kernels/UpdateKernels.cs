using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorOfDouble = System.Numerics.Vector<double>;

namespace MlTransfer.Trainers.Kernels;

/// <summary>
/// The steps of optimizers on float64 parameters, in registers as wide as the machine has. Every gradient is sums · scale. Each vector form does, number
/// by number, exactly what its scalar form does, which also serves the numbers left over.
/// </summary>
internal static class UpdateKernels
{
    /// <summary>v = momentum · v − rate · g; w += v, or with Nesterov's look-ahead w += momentum · v − rate · g.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Momentum(
        double rate, double scale, double momentum, bool nesterov, ReadOnlySpan<double> sums, Span<double> velocity, Span<double> weights)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(sums);
        var vv = MemoryMarshal.Cast<double, VectorOfDouble>(velocity)[..vs.Length];
        var vw = MemoryMarshal.Cast<double, VectorOfDouble>(weights)[..vs.Length];
        var step = rate * scale;
        for (var i = 0; i < vs.Length; i++)
        {
            var down = vs[i] * step;
            var v = (vv[i] * momentum) - down;
            vv[i] = v;
            vw[i] += nesterov ? (v * momentum) - down : v;
        }

        var done = vs.Length * VectorOfDouble.Count;
        MomentumScalar(rate, scale, momentum, nesterov, sums[done..], velocity[done..], weights[done..]);
    }

    /// <summary>The scalar form of <see cref="Momentum"/>.</summary>
    public static void MomentumScalar(
        double rate, double scale, double momentum, bool nesterov, ReadOnlySpan<double> sums, Span<double> velocity, Span<double> weights)
    {
        var step = rate * scale;
        for (var i = 0; i < sums.Length; i++)
        {
            var down = sums[i] * step;
            velocity[i] = (velocity[i] * momentum) - down;
            weights[i] += nesterov ? (velocity[i] * momentum) - down : velocity[i];
        }
    }

    /// <summary>m += (1 − beta1) · (g − m); v += (1 − beta2) · (g² − v); w −= rate · m / (√v + epsilon), where the rate already corrects for the zero start.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adam(
        double rate, double scale, double beta1, double beta2, double epsilon,
        ReadOnlySpan<double> sums, Span<double> first, Span<double> second, Span<double> weights)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(sums);
        var vm = MemoryMarshal.Cast<double, VectorOfDouble>(first)[..vs.Length];
        var vv = MemoryMarshal.Cast<double, VectorOfDouble>(second)[..vs.Length];
        var vw = MemoryMarshal.Cast<double, VectorOfDouble>(weights)[..vs.Length];
        var small = new VectorOfDouble(epsilon);
        var (gain1, gain2) = (1 - beta1, 1 - beta2);
        for (var i = 0; i < vs.Length; i++)
        {
            var g = vs[i] * scale;
            var m = vm[i] + ((g - vm[i]) * gain1);
            var v = vv[i] + (((g * g) - vv[i]) * gain2);
            vm[i] = m;
            vv[i] = v;
            vw[i] -= m * rate / (System.Numerics.Vector.SquareRoot(v) + small);
        }

        var done = vs.Length * VectorOfDouble.Count;
        AdamScalar(rate, scale, beta1, beta2, epsilon, sums[done..], first[done..], second[done..], weights[done..]);
    }

    /// <summary>The scalar form of <see cref="Adam"/>.</summary>
    public static void AdamScalar(
        double rate, double scale, double beta1, double beta2, double epsilon,
        ReadOnlySpan<double> sums, Span<double> first, Span<double> second, Span<double> weights)
    {
        var (gain1, gain2) = (1 - beta1, 1 - beta2);
        for (var i = 0; i < sums.Length; i++)
        {
            var g = sums[i] * scale;
            first[i] += (g - first[i]) * gain1;
            second[i] += ((g * g) - second[i]) * gain2;
            weights[i] -= first[i] * rate / (Math.Sqrt(second[i]) + epsilon);
        }
    }

    /// <summary>
    /// q = rho · q + (1 − rho) · g²; down = rate · g / √(q + epsilon); w −= down. Where <paramref name="mean"/> is not empty it keeps the running mean of g,
    /// whose square is taken off q under the root; where <paramref name="velocity"/> is not empty, down = momentum · velocity + down, kept there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsProp(
        double rate, double scale, double rho, double epsilon, double momentum,
        ReadOnlySpan<double> sums, Span<double> square, Span<double> mean, Span<double> velocity, Span<double> weights)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(sums);
        var vq = MemoryMarshal.Cast<double, VectorOfDouble>(square)[..vs.Length];
        var va = MemoryMarshal.Cast<double, VectorOfDouble>(mean);
        var vv = MemoryMarshal.Cast<double, VectorOfDouble>(velocity);
        var vw = MemoryMarshal.Cast<double, VectorOfDouble>(weights)[..vs.Length];
        var small = new VectorOfDouble(epsilon);
        var gain = 1 - rho;
        for (var i = 0; i < vs.Length; i++)
        {
            var g = vs[i] * scale;
            var q = (vq[i] * rho) + (g * g * gain);
            vq[i] = q;
            if (!va.IsEmpty)
            {
                var a = (va[i] * rho) + (g * gain);
                va[i] = a;
                q = System.Numerics.Vector.Max(q - (a * a), VectorOfDouble.Zero);
            }

            var down = g * rate / System.Numerics.Vector.SquareRoot(q + small);
            if (!vv.IsEmpty)
            {
                down = (vv[i] * momentum) + down;
                vv[i] = down;
            }

            vw[i] -= down;
        }

        var done = vs.Length * VectorOfDouble.Count;
        RmsPropScalar(
            rate, scale, rho, epsilon, momentum, sums[done..], square[done..], mean.IsEmpty ? mean : mean[done..], velocity.IsEmpty ? velocity : velocity[done..], weights[done..]);
    }

    /// <summary>The scalar form of <see cref="RmsProp"/>.</summary>
    public static void RmsPropScalar(
        double rate, double scale, double rho, double epsilon, double momentum,
        ReadOnlySpan<double> sums, Span<double> square, Span<double> mean, Span<double> velocity, Span<double> weights)
    {
        var gain = 1 - rho;
        for (var i = 0; i < sums.Length; i++)
        {
            var g = sums[i] * scale;
            var q = square[i] = (square[i] * rho) + (g * g * gain);
            if (!mean.IsEmpty)
            {
                mean[i] = (mean[i] * rho) + (g * gain);

                // Rounding may take the variance of a steady gradient below zero.
                q = Math.Max(q - (mean[i] * mean[i]), 0);
            }

            var down = g * rate / Math.Sqrt(q + epsilon);
            if (!velocity.IsEmpty)
            {
                down = velocity[i] = (velocity[i] * momentum) + down;
            }

            weights[i] -= down;
        }
    }

    /// <summary>a += g²; w −= rate · g / √(a + epsilon).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adagrad(double rate, double scale, double epsilon, ReadOnlySpan<double> sums, Span<double> accumulator, Span<double> weights)
    {
        var vs = MemoryMarshal.Cast<double, VectorOfDouble>(sums);
        var va = MemoryMarshal.Cast<double, VectorOfDouble>(accumulator)[..vs.Length];
        var vw = MemoryMarshal.Cast<double, VectorOfDouble>(weights)[..vs.Length];
        var small = new VectorOfDouble(epsilon);
        for (var i = 0; i < vs.Length; i++)
        {
            var g = vs[i] * scale;
            var a = va[i] + (g * g);
            va[i] = a;
            vw[i] -= g * rate / System.Numerics.Vector.SquareRoot(a + small);
        }

        var done = vs.Length * VectorOfDouble.Count;
        AdagradScalar(rate, scale, epsilon, sums[done..], accumulator[done..], weights[done..]);
    }

    /// <summary>The scalar form of <see cref="Adagrad"/>.</summary>
    public static void AdagradScalar(double rate, double scale, double epsilon, ReadOnlySpan<double> sums, Span<double> accumulator, Span<double> weights)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            var g = sums[i] * scale;
            accumulator[i] += g * g;
            weights[i] -= g * rate / Math.Sqrt(accumulator[i] + epsilon);
        }
    }
}
