using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// Enlarges rows of a subsampled component as libjpeg does: by repetition, or with the triangle filter that gives the nearer sample the
/// weight 3/4 each way ("fancy upsampling").
/// </summary>
internal static unsafe class SampleUpsampling
{
    /// <summary>Repeats each sample <paramref name="factor"/> times; writes up to factor − 1 samples more than asked for.</summary>
    public static void Repeat(byte* input, byte* output, int outputWidth, int factor)
    {
        if (factor == 2)
        {
            RepeatTwice(input, output, outputWidth);
            return;
        }

        for (var end = output + outputWidth; output < end; input++)
        {
            for (var i = 0; i < factor; i++)
            {
                *output++ = *input;
            }
        }
    }

    /// <summary>Doubles the width of a row of at least 2 samples with the triangle filter.</summary>
    public static void WidenSmoothly(byte* input, byte* output, int width)
    {
        WidenSmoothlyScalar(input, output, width, 0, 1);
        var x = 1;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 8 < width; x += 8)
            {
                var three = Load8(input + x) * 3;
                var even = (three + Load8(input + x - 1) + Vector128.Create((short)1)) >>> 2;
                var odd = (three + Load8(input + x + 1) + Vector128.Create((short)2)) >>> 2;
                (even | (odd << 8)).AsByte().Store(output + (2 * x));
            }
        }

        WidenSmoothlyScalar(input, output, width, x, width);
    }

    /// <summary>The scalar form, for samples <paramref name="from"/> to <paramref name="to"/> of the input.</summary>
    internal static void WidenSmoothlyScalar(byte* input, byte* output, int width, int from, int to)
    {
        for (var x = from; x < to; x++)
        {
            var three = input[x] * 3;
            output[2 * x] = (byte)((three + input[Math.Max(x - 1, 0)] + 1) >> 2);
            output[(2 * x) + 1] = (byte)((three + input[Math.Min(x + 1, width - 1)] + 2) >> 2);
        }
    }

    /// <summary>One row between two: three parts of the near one, one of the far one, plus a rounding bias.</summary>
    public static void Blend(byte* near, byte* far, byte* output, int width, int bias)
    {
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                var (nearLow, nearHigh) = Vector128.Widen(Vector128.Load(near + x));
                var (farLow, farHigh) = Vector128.Widen(Vector128.Load(far + x));
                var rounding = Vector128.Create((ushort)bias);
                Vector128.Narrow(((nearLow * 3) + farLow + rounding) >>> 2, ((nearHigh * 3) + farHigh + rounding) >>> 2).Store(output + x);
            }
        }

        BlendScalar(near, far, output, x, width, bias);
    }

    /// <summary>The scalar form, for samples <paramref name="from"/> to <paramref name="to"/>.</summary>
    internal static void BlendScalar(byte* near, byte* far, byte* output, int from, int to, int bias)
    {
        for (var x = from; x < to; x++)
        {
            output[x] = (byte)(((near[x] * 3) + far[x] + bias) >> 2);
        }
    }

    /// <summary>
    /// One row between two, doubled in width: 9/16, 3/16, 3/16 and 1/16 of the four nearest samples.
    /// </summary>
    /// <param name="near">The nearer row.</param>
    /// <param name="far">The farther row.</param>
    /// <param name="output">Twice <paramref name="width"/> samples.</param>
    /// <param name="width">Width of the rows, at least 2.</param>
    /// <param name="sums">Room for width + 32 sums.</param>
    public static void BlendAndWiden(byte* near, byte* far, byte* output, int width, short* sums)
    {
        var x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                var sum = (Vector256.WidenLower(Vector128.Load(near + x).ToVector256Unsafe()).AsInt16() * 3)
                    + Vector256.WidenLower(Vector128.Load(far + x).ToVector256Unsafe()).AsInt16();
                sum.Store(sums + 1 + x);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 8 <= width; x += 8)
            {
                ((Load8(near + x) * 3) + Load8(far + x)).Store(sums + 1 + x);
            }
        }

        for (; x < width; x++)
        {
            sums[1 + x] = (short)((near[x] * 3) + far[x]);
        }

        // Beyond the edges the edge is repeated.
        sums[0] = sums[1];
        sums[width + 1] = sums[width];
        x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                var three = Vector256.Load(sums + 1 + x) * 3;
                var even = (three + Vector256.Load(sums + x) + Vector256.Create((short)8)) >>> 4;
                var odd = (three + Vector256.Load(sums + 2 + x) + Vector256.Create((short)7)) >>> 4;
                (even | (odd << 8)).AsByte().Store(output + (2 * x));
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 8 <= width; x += 8)
            {
                var three = Vector128.Load(sums + 1 + x) * 3;
                var even = (three + Vector128.Load(sums + x) + Vector128.Create((short)8)) >>> 4;
                var odd = (three + Vector128.Load(sums + 2 + x) + Vector128.Create((short)7)) >>> 4;
                (even | (odd << 8)).AsByte().Store(output + (2 * x));
            }
        }

        for (; x < width; x++)
        {
            var three = sums[1 + x] * 3;
            output[2 * x] = (byte)((three + sums[x] + 8) >> 4);
            output[(2 * x) + 1] = (byte)((three + sums[2 + x] + 7) >> 4);
        }
    }

    /// <summary>The scalar form of <see cref="BlendAndWiden"/>.</summary>
    internal static void BlendAndWidenScalar(byte* near, byte* far, byte* output, int width)
    {
        for (var x = 0; x < width; x++)
        {
            var three = Sum(near, far, x, width) * 3;
            output[2 * x] = (byte)((three + Sum(near, far, x - 1, width) + 8) >> 4);
            output[(2 * x) + 1] = (byte)((three + Sum(near, far, x + 1, width) + 7) >> 4);
        }
    }

    private static int Sum(byte* near, byte* far, int x, int width)
    {
        x = Math.Clamp(x, 0, width - 1);
        return (near[x] * 3) + far[x];
    }

    private static void RepeatTwice(byte* input, byte* output, int outputWidth)
    {
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 16 <= outputWidth; x += 16)
            {
                var samples = Load8(input + (x >> 1));
                (samples | (samples << 8)).AsByte().Store(output + x);
            }
        }

        for (; x < outputWidth; x += 2)
        {
            output[x] = output[x + 1] = input[x >> 1];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Load8(byte* source) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source)).AsByte()).AsInt16();
}
