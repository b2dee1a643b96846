using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// The inverse DCT of Loeffler, Ligtenberg and Moschytz with 13-bit constants, as the vector code of libjpeg-turbo computes JDCT_ISLOW:
/// coefficients and the sums of inputs wrap at 16 bits, the first pass saturates, samples saturate.
/// </summary>
internal static unsafe class AccurateInverseDct
{
    private const int ConstantBits = 13;
    private const int Pass1Shift = ConstantBits - 2;
    private const int Pass2Shift = ConstantBits + 2 + 3;

    // round(8192·x), named by x.
    private const int Constant0298 = 2446;
    private const int Constant0390 = 3196;
    private const int Constant0541 = 4433;
    private const int Constant0765 = 6270;
    private const int Constant0899 = 7373;
    private const int Constant1175 = 9633;
    private const int Constant1501 = 12299;
    private const int Constant1847 = 15137;
    private const int Constant1961 = 16069;
    private const int Constant2053 = 16819;
    private const int Constant2562 = 20995;
    private const int Constant3072 = 25172;

    /// <summary>64 coefficients in natural order to 8 rows of 8 samples.</summary>
    public static void Transform(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            TransformWideVector(coefficients, multipliers, output, stride);
        }
        else if (Vector128.IsHardwareAccelerated)
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
        var isTopRowOnly = true;
        for (var i = 8; i < 64; i++)
        {
            isTopRowOnly &= coefficients[i] == 0;
        }

        for (var column = 0; column < 8; column++)
        {
            for (var i = 0; i < 8; i++)
            {
                line[i] = (short)(coefficients[(i * 8) + column] * multipliers[(i * 8) + column]);
            }

            if (isTopRowOnly)
            {
                new Span<short>(line, 8).Fill((short)(line[0] << 2));
            }
            else
            {
                TransformLine(line, Pass1Shift);
            }

            for (var i = 0; i < 8; i++)
            {
                work[(i * 8) + column] = line[i];
            }
        }

        for (var row = 0; row < 8; row++, output += stride)
        {
            TransformLine(work + (row * 8), Pass2Shift);
            for (var i = 0; i < 8; i++)
            {
                output[i] = (byte)(Math.Clamp((int)work[(row * 8) + i], -128, 127) + 128);
            }
        }
    }

    private static void TransformLine(short* line, int shift)
    {
        int even2 = (line[2] * Constant0541) + (line[6] * (Constant0541 - Constant1847));
        int even3 = (line[2] * (Constant0541 + Constant0765)) + (line[6] * Constant0541);
        int even0 = (short)(line[0] + line[4]) << ConstantBits, even1 = (short)(line[0] - line[4]) << ConstantBits;
        int even10 = even0 + even3, even13 = even0 - even3, even11 = even1 + even2, even12 = even1 - even2;

        short z3 = (short)(line[7] + line[3]), z4 = (short)(line[5] + line[1]);
        var z3Sum = (z3 * (Constant1175 - Constant1961)) + (z4 * Constant1175);
        var z4Sum = (z3 * Constant1175) + (z4 * (Constant1175 - Constant0390));
        var odd0 = (line[7] * (Constant0298 - Constant0899)) - (line[1] * Constant0899) + z3Sum;
        var odd1 = (line[5] * (Constant2053 - Constant2562)) - (line[3] * Constant2562) + z4Sum;
        var odd2 = (line[3] * (Constant3072 - Constant2562)) - (line[5] * Constant2562) + z3Sum;
        var odd3 = (line[1] * (Constant1501 - Constant0899)) - (line[7] * Constant0899) + z4Sum;

        line[0] = Descale(even10 + odd3, shift);
        line[7] = Descale(even10 - odd3, shift);
        line[1] = Descale(even11 + odd2, shift);
        line[6] = Descale(even11 - odd2, shift);
        line[2] = Descale(even12 + odd1, shift);
        line[5] = Descale(even12 - odd1, shift);
        line[3] = Descale(even13 + odd0, shift);
        line[4] = Descale(even13 - odd0, shift);
    }

    private static short Descale(int value, int shift) => (short)Math.Clamp((value + (1 << (shift - 1))) >> shift, short.MinValue, short.MaxValue);

    /// <summary>The form for 128-bit vectors.</summary>
    internal static void TransformVector(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        if (IsFlat(coefficients, multipliers, output, stride, out var isTopRowOnly, out var c0))
        {
            return;
        }

        Vector128<short> c1, c2, c3, c4, c5, c6, c7;
        c1 = c2 = c3 = c4 = c5 = c6 = c7 = c0;
        if (!isTopRowOnly)
        {
            LoadRows(coefficients, multipliers, out c1, out c2, out c3, out c4, out c5, out c6, out c7);
            TransformLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, Pass1Shift);
        }

        ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        TransformLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, Pass2Shift);
        ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        Store(ShortLanes.PackCentred(c0, c1), output, stride);
        Store(ShortLanes.PackCentred(c2, c3), output + (2 * stride), stride);
        Store(ShortLanes.PackCentred(c4, c5), output + (4 * stride), stride);
        Store(ShortLanes.PackCentred(c6, c7), output + (6 * stride), stride);
    }

    /// <summary>The form for 256-bit vectors: both halves of a line's 32-bit arithmetic at once.</summary>
    internal static void TransformWideVector(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        if (IsFlat(coefficients, multipliers, output, stride, out var isTopRowOnly, out var c0))
        {
            return;
        }

        Vector128<short> c1, c2, c3, c4, c5, c6, c7;
        c1 = c2 = c3 = c4 = c5 = c6 = c7 = c0;
        if (!isTopRowOnly)
        {
            LoadRows(coefficients, multipliers, out c1, out c2, out c3, out c4, out c5, out c6, out c7);
            TransformWideLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, Pass1Shift);
        }

        ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        TransformWideLines(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, Pass2Shift);
        ShortLanes.Transpose(ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
        Store(ShortLanes.PackCentred(c0, c1), output, stride);
        Store(ShortLanes.PackCentred(c2, c3), output + (2 * stride), stride);
        Store(ShortLanes.PackCentred(c4, c5), output + (4 * stride), stride);
        Store(ShortLanes.PackCentred(c6, c7), output + (6 * stride), stride);
    }

    // Gives the first row after the first pass would have left it alone (times 4 when it is the only one), and writes the block at once
    // when it has a DC coefficient only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFlat(
        short* coefficients, short* multipliers, byte* output, nint stride, out bool isTopRowOnly, out Vector128<short> top)
    {
        var rest = Vector128.Load(coefficients + 8) | Vector128.Load(coefficients + 16) | Vector128.Load(coefficients + 24)
            | Vector128.Load(coefficients + 32) | Vector128.Load(coefficients + 40) | Vector128.Load(coefficients + 48)
            | Vector128.Load(coefficients + 56);
        top = Vector128.Load(coefficients) * Vector128.Load(multipliers);
        isTopRowOnly = rest == Vector128<short>.Zero;
        if (!isTopRowOnly)
        {
            return false;
        }

        top <<= 2;
        if ((top & Vector128.Create(0, -1, -1, -1, -1, -1, -1, -1)) != Vector128<short>.Zero)
        {
            return false;
        }

        var sample = (ulong)(byte)(Math.Clamp((top.ToScalar() + 16) >> 5, -128, 127) + 128) * 0x0101010101010101UL;
        for (var row = 0; row < 8; row++, output += stride)
        {
            Unsafe.WriteUnaligned(output, sample);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRows(
        short* coefficients,
        short* multipliers,
        out Vector128<short> c1,
        out Vector128<short> c2,
        out Vector128<short> c3,
        out Vector128<short> c4,
        out Vector128<short> c5,
        out Vector128<short> c6,
        out Vector128<short> c7)
    {
        c1 = Vector128.Load(coefficients + 8) * Vector128.Load(multipliers + 8);
        c2 = Vector128.Load(coefficients + 16) * Vector128.Load(multipliers + 16);
        c3 = Vector128.Load(coefficients + 24) * Vector128.Load(multipliers + 24);
        c4 = Vector128.Load(coefficients + 32) * Vector128.Load(multipliers + 32);
        c5 = Vector128.Load(coefficients + 40) * Vector128.Load(multipliers + 40);
        c6 = Vector128.Load(coefficients + 48) * Vector128.Load(multipliers + 48);
        c7 = Vector128.Load(coefficients + 56) * Vector128.Load(multipliers + 56);
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
        ref Vector128<short> c7,
        int shift)
    {
        var z3 = c7 + c3;
        var z4 = c5 + c1;
        var sum = c0 + c4;
        var difference = c0 - c4;
        HalfLines(
            ShortLanes.ZipLow(Vector128<short>.Zero, sum),
            ShortLanes.ZipLow(Vector128<short>.Zero, difference),
            ShortLanes.ZipLow(c2, c6),
            ShortLanes.ZipLow(z3, z4),
            ShortLanes.ZipLow(c7, c1),
            ShortLanes.ZipLow(c5, c3),
            shift,
            out var a0,
            out var a1,
            out var a2,
            out var a3,
            out var a4,
            out var a5,
            out var a6,
            out var a7);
        HalfLines(
            ShortLanes.ZipHigh(Vector128<short>.Zero, sum),
            ShortLanes.ZipHigh(Vector128<short>.Zero, difference),
            ShortLanes.ZipHigh(c2, c6),
            ShortLanes.ZipHigh(z3, z4),
            ShortLanes.ZipHigh(c7, c1),
            ShortLanes.ZipHigh(c5, c3),
            shift,
            out var b0,
            out var b1,
            out var b2,
            out var b3,
            out var b4,
            out var b5,
            out var b6,
            out var b7);
        c0 = ShortLanes.PackSaturating(a0, b0);
        c1 = ShortLanes.PackSaturating(a1, b1);
        c2 = ShortLanes.PackSaturating(a2, b2);
        c3 = ShortLanes.PackSaturating(a3, b3);
        c4 = ShortLanes.PackSaturating(a4, b4);
        c5 = ShortLanes.PackSaturating(a5, b5);
        c6 = ShortLanes.PackSaturating(a6, b6);
        c7 = ShortLanes.PackSaturating(a7, b7);
    }

    // The upper half of a lane pair holds the sum, so an arithmetic shift right by 3 gives the sum times 2^13.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HalfLines(
        Vector128<short> sumHigh,
        Vector128<short> differenceHigh,
        Vector128<short> pair26,
        Vector128<short> pair34,
        Vector128<short> pair71,
        Vector128<short> pair53,
        int shift,
        out Vector128<int> r0,
        out Vector128<int> r1,
        out Vector128<int> r2,
        out Vector128<int> r3,
        out Vector128<int> r4,
        out Vector128<int> r5,
        out Vector128<int> r6,
        out Vector128<int> r7)
    {
        var rounding = Vector128.Create(1 << (shift - 1));
        var even0 = (sumHigh.AsInt32() >> (16 - ConstantBits)) + rounding;
        var even1 = (differenceHigh.AsInt32() >> (16 - ConstantBits)) + rounding;
        var even3 = ShortLanes.MultiplyAddPairs(pair26, Pair(Constant0541 + Constant0765, Constant0541));
        var even2 = ShortLanes.MultiplyAddPairs(pair26, Pair(Constant0541, Constant0541 - Constant1847));
        var even10 = even0 + even3;
        var even13 = even0 - even3;
        var even11 = even1 + even2;
        var even12 = even1 - even2;

        var z3 = ShortLanes.MultiplyAddPairs(pair34, Pair(Constant1175 - Constant1961, Constant1175));
        var z4 = ShortLanes.MultiplyAddPairs(pair34, Pair(Constant1175, Constant1175 - Constant0390));
        var odd0 = ShortLanes.MultiplyAddPairs(pair71, Pair(Constant0298 - Constant0899, -Constant0899)) + z3;
        var odd1 = ShortLanes.MultiplyAddPairs(pair53, Pair(Constant2053 - Constant2562, -Constant2562)) + z4;
        var odd2 = ShortLanes.MultiplyAddPairs(pair53, Pair(-Constant2562, Constant3072 - Constant2562)) + z3;
        var odd3 = ShortLanes.MultiplyAddPairs(pair71, Pair(-Constant0899, Constant1501 - Constant0899)) + z4;

        r0 = (even10 + odd3) >> shift;
        r7 = (even10 - odd3) >> shift;
        r1 = (even11 + odd2) >> shift;
        r6 = (even11 - odd2) >> shift;
        r2 = (even12 + odd1) >> shift;
        r5 = (even12 - odd1) >> shift;
        r3 = (even13 + odd0) >> shift;
        r4 = (even13 - odd0) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformWideLines(
        ref Vector128<short> c0,
        ref Vector128<short> c1,
        ref Vector128<short> c2,
        ref Vector128<short> c3,
        ref Vector128<short> c4,
        ref Vector128<short> c5,
        ref Vector128<short> c6,
        ref Vector128<short> c7,
        int shift)
    {
        var rounding = Vector256.Create(1 << (shift - 1));
        var even0 = (ShortLanes.Zip(Vector128<short>.Zero, c0 + c4).AsInt32() >> (16 - ConstantBits)) + rounding;
        var even1 = (ShortLanes.Zip(Vector128<short>.Zero, c0 - c4).AsInt32() >> (16 - ConstantBits)) + rounding;
        var pair26 = ShortLanes.Zip(c2, c6);
        var even3 = ShortLanes.MultiplyAddPairs(pair26, WidePair(Constant0541 + Constant0765, Constant0541));
        var even2 = ShortLanes.MultiplyAddPairs(pair26, WidePair(Constant0541, Constant0541 - Constant1847));
        var even10 = even0 + even3;
        var even13 = even0 - even3;
        var even11 = even1 + even2;
        var even12 = even1 - even2;

        var pair34 = ShortLanes.Zip(c7 + c3, c5 + c1);
        var pair71 = ShortLanes.Zip(c7, c1);
        var pair53 = ShortLanes.Zip(c5, c3);
        var z3 = ShortLanes.MultiplyAddPairs(pair34, WidePair(Constant1175 - Constant1961, Constant1175));
        var z4 = ShortLanes.MultiplyAddPairs(pair34, WidePair(Constant1175, Constant1175 - Constant0390));
        var odd0 = ShortLanes.MultiplyAddPairs(pair71, WidePair(Constant0298 - Constant0899, -Constant0899)) + z3;
        var odd1 = ShortLanes.MultiplyAddPairs(pair53, WidePair(Constant2053 - Constant2562, -Constant2562)) + z4;
        var odd2 = ShortLanes.MultiplyAddPairs(pair53, WidePair(-Constant2562, Constant3072 - Constant2562)) + z3;
        var odd3 = ShortLanes.MultiplyAddPairs(pair71, WidePair(-Constant0899, Constant1501 - Constant0899)) + z4;

        ShortLanes.PackSaturating((even10 + odd3) >> shift, (even11 + odd2) >> shift, out c0, out c1);
        ShortLanes.PackSaturating((even12 + odd1) >> shift, (even13 + odd0) >> shift, out c2, out c3);
        ShortLanes.PackSaturating((even13 - odd0) >> shift, (even12 - odd1) >> shift, out c4, out c5);
        ShortLanes.PackSaturating((even11 - odd2) >> shift, (even10 - odd3) >> shift, out c6, out c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> WidePair(int even, int odd) => Vector256.Create((even & 0xFFFF) | (odd << 16)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Pair(int even, int odd) => Vector128.Create((even & 0xFFFF) | (odd << 16)).AsInt16();
}
