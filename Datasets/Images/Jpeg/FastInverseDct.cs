using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// The inverse DCT of Arai, Agui and Nakajima in 16-bit arithmetic with 8-bit constants, as the vector code of libjpeg-turbo computes
/// JDCT_IFAST: sums wrap, products keep their upper half, samples saturate.
/// </summary>
internal static unsafe class FastInverseDct
{
    // round(256·x) for x = 1.0824, 1.4142, 1.8478 and 2.6131 − 1, times 64: with the factor 4 put on the other operand the upper half of
    // the product is the product divided by 256.
    private const short Constant1082 = 277 << 6;
    private const short Constant1414 = 362 << 6;
    private const short Constant1847 = 473 << 6;
    private const short Constant1613 = -(413 << 6);

    // cos(k·π/16)·√2 (1 for k = 0), products of row and column factors, scaled by 2^14.
    private static ReadOnlySpan<short> Scales =>
    [
        16384, 22725, 21407, 19266, 16384, 12873, 8867, 4520,
        22725, 31521, 29692, 26722, 22725, 17855, 12299, 6270,
        21407, 29692, 27969, 25172, 21407, 16819, 11585, 5906,
        19266, 26722, 25172, 22654, 19266, 15137, 10426, 5315,
        16384, 22725, 21407, 19266, 16384, 12873, 8867, 4520,
        12873, 17855, 16819, 15137, 12873, 10114, 6967, 3552,
        8867, 12299, 11585, 10426, 8867, 6967, 4799, 2446,
        4520, 6270, 5906, 5315, 4520, 3552, 2446, 1247,
    ];

    /// <summary>Folds the scale factors into a quantisation table; two fraction bits remain.</summary>
    public static void MakeMultipliers(ReadOnlySpan<ushort> quantTable, short* multipliers)
    {
        for (var i = 0; i < 64; i++)
        {
            multipliers[i] = (short)(((quantTable[i] * (long)Scales[i]) + 2048) >> 12);
        }
    }

    /// <summary>64 coefficients in natural order to 8 rows of 8 samples.</summary>
    public static void Transform(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        if (Vector128.IsHardwareAccelerated)
        {
            TransformVector(coefficients, multipliers, output, stride);
        }
        else
        {
            TransformScalar(coefficients, multipliers, output, stride);
        }
    }

    internal static void TransformScalar(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        var work = stackalloc short[64];
        var line = stackalloc short[8];
        for (var column = 0; column < 8; column++)
        {
            for (var i = 0; i < 8; i++)
            {
                line[i] = (short)(coefficients[(i * 8) + column] * multipliers[(i * 8) + column]);
            }

            TransformLine(line);
            for (var i = 0; i < 8; i++)
            {
                work[(i * 8) + column] = line[i];
            }
        }

        for (var row = 0; row < 8; row++, output += stride)
        {
            TransformLine(work + (row * 8));
            for (var i = 0; i < 8; i++)
            {
                output[i] = (byte)(Math.Clamp(work[(row * 8) + i] >> 5, -128, 127) + 128);
            }
        }
    }

    private static void TransformLine(short* line)
    {
        short even10 = (short)(line[0] + line[4]), even11 = (short)(line[0] - line[4]);
        var even13 = (short)(line[2] + line[6]);
        var even12 = (short)(Multiply((short)(line[2] - line[6]), Constant1414) - even13);
        short even0 = (short)(even10 + even13), even3 = (short)(even10 - even13);
        short even1 = (short)(even11 + even12), even2 = (short)(even11 - even12);

        short z13 = (short)(line[5] + line[3]), z10 = (short)(line[5] - line[3]);
        short z11 = (short)(line[1] + line[7]), z12 = (short)(line[1] - line[7]);
        var odd7 = (short)(z11 + z13);
        var odd11 = Multiply((short)(z11 - z13), Constant1414);
        var z5 = (short)((((short)((short)(z10 << 2) + (short)(z12 << 2))) * Constant1847) >> 16);
        var odd10 = (short)(Multiply(z12, Constant1082) - z5);
        var odd12 = (short)((short)(Multiply(z10, Constant1613) - z10) + z5);
        var odd6 = (short)(odd12 - odd7);
        var odd5 = (short)(odd11 - odd6);
        var odd4 = (short)(odd10 + odd5);

        line[0] = (short)(even0 + odd7);
        line[7] = (short)(even0 - odd7);
        line[1] = (short)(even1 + odd6);
        line[6] = (short)(even1 - odd6);
        line[2] = (short)(even2 + odd5);
        line[5] = (short)(even2 - odd5);
        line[4] = (short)(even3 + odd4);
        line[3] = (short)(even3 - odd4);
    }

    private static short Multiply(short value, short constant) => (short)(((short)(value << 2) * constant) >> 16);

    internal static void TransformVector(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        var c0 = Vector128.Load(coefficients);
        var c1 = Vector128.Load(coefficients + 8);
        var c2 = Vector128.Load(coefficients + 16);
        var c3 = Vector128.Load(coefficients + 24);
        var c4 = Vector128.Load(coefficients + 32);
        var c5 = Vector128.Load(coefficients + 40);
        var c6 = Vector128.Load(coefficients + 48);
        var c7 = Vector128.Load(coefficients + 56);
        c0 *= Vector128.Load(multipliers);
        if (((c1 | c2) | (c3 | c4) | (c5 | c6) | c7) == Vector128<short>.Zero)
        {
            // Only the top row: every row of samples is the same, and with only its first coefficient every sample is.
            if ((c0 & Vector128.Create(0, -1, -1, -1, -1, -1, -1, -1)) == Vector128<short>.Zero)
            {
                var sample = (ulong)(byte)(Math.Clamp(c0.ToScalar() >> 5, -128, 127) + 128) * 0x0101010101010101UL;
                for (var row = 0; row < 8; row++, output += stride)
                {
                    Unsafe.WriteUnaligned(output, sample);
                }

                return;
            }

            c1 = c2 = c3 = c4 = c5 = c6 = c7 = c0;
            ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        }
        else
        {
            c1 *= Vector128.Load(multipliers + 8);
            c2 *= Vector128.Load(multipliers + 16);
            c3 *= Vector128.Load(multipliers + 24);
            c4 *= Vector128.Load(multipliers + 32);
            c5 *= Vector128.Load(multipliers + 40);
            c6 *= Vector128.Load(multipliers + 48);
            c7 *= Vector128.Load(multipliers + 56);
            TransformLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
            ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        }

        TransformLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        Store(ShortLanes.PackCentred(c0 >> 5, c1 >> 5), output, stride);
        Store(ShortLanes.PackCentred(c2 >> 5, c3 >> 5), output + (2 * stride), stride);
        Store(ShortLanes.PackCentred(c4 >> 5, c5 >> 5), output + (4 * stride), stride);
        Store(ShortLanes.PackCentred(c6 >> 5, c7 >> 5), output + (6 * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> rows, byte* output, nint stride)
    {
        Unsafe.WriteUnaligned(output, rows.AsUInt64().ToScalar());
        Unsafe.WriteUnaligned(output + stride, rows.AsUInt64().GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformLines(
        ref Vector128<short> c0,
        ref Vector128<short> c1,
        ref Vector128<short> c2,
        ref Vector128<short> c3,
        ref Vector128<short> c4,
        ref Vector128<short> c5,
        ref Vector128<short> c6,
        ref Vector128<short> c7)
    {
        var even10 = c0 + c4;
        var even11 = c0 - c4;
        var even13 = c2 + c6;
        var even12 = ShortLanes.MultiplyHigh((c2 - c6) << 2, Vector128.Create(Constant1414)) - even13;
        var even0 = even10 + even13;
        var even3 = even10 - even13;
        var even1 = even11 + even12;
        var even2 = even11 - even12;

        var z13 = c5 + c3;
        var z10 = c5 - c3;
        var z11 = c1 + c7;
        var z12 = (c1 - c7) << 2;
        var z10Scaled = z10 << 2;
        var odd7 = z11 + z13;
        var odd11 = ShortLanes.MultiplyHigh((z11 - z13) << 2, Vector128.Create(Constant1414));
        var z5 = ShortLanes.MultiplyHigh(z10Scaled + z12, Vector128.Create(Constant1847));
        var odd10 = ShortLanes.MultiplyHigh(z12, Vector128.Create(Constant1082)) - z5;
        var odd12 = ShortLanes.MultiplyHigh(z10Scaled, Vector128.Create(Constant1613)) - z10 + z5;
        var odd6 = odd12 - odd7;
        var odd5 = odd11 - odd6;
        var odd4 = odd10 + odd5;

        c0 = even0 + odd7;
        c7 = even0 - odd7;
        c1 = even1 + odd6;
        c6 = even1 - odd6;
        c2 = even2 + odd5;
        c5 = even2 - odd5;
        c4 = even3 + odd4;
        c3 = even3 - odd4;
    }
}
