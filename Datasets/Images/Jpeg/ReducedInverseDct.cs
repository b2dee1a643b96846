namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// Inverse DCTs that give 4 × 4, 2 × 2 or 1 × 1 samples of a block, as libjpeg-turbo's vector code for 1/2 and 1/4 (16-bit products of
/// coefficients and table, saturating passes) and its scalar code for 1/8 compute them (jidctred).
/// </summary>
internal static unsafe class ReducedInverseDct
{
    private const int ConstantBits = 13;

    /// <summary>4 rows of 4 samples.</summary>
    public static void Transform4(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        var work = stackalloc short[32];
        var isTopRowOnly = true;
        for (var i = 8; i < 64; i++)
        {
            isTopRowOnly &= coefficients[i] == 0 || i is >= 32 and < 40;
        }

        for (var column = 0; column < 8; column++)
        {
            if (column == 4)
            {
                continue;
            }

            if (isTopRowOnly)
            {
                var value = (short)(Dequantise(coefficients, multipliers, column) << 2);
                work[column] = work[8 + column] = work[16 + column] = work[24 + column] = value;
                continue;
            }

            var even = Dequantise(coefficients, multipliers, column) << (ConstantBits + 1);
            Combine4(
                even,
                Dequantise(coefficients, multipliers, column + 8),
                Dequantise(coefficients, multipliers, column + 16),
                Dequantise(coefficients, multipliers, column + 24),
                Dequantise(coefficients, multipliers, column + 40),
                Dequantise(coefficients, multipliers, column + 48),
                Dequantise(coefficients, multipliers, column + 56),
                ConstantBits - 2 + 1,
                work + column,
                8);
        }

        var line = stackalloc short[4];
        for (var row = 0; row < 4; row++, output += stride)
        {
            var w = work + (row * 8);
            Combine4(w[0] << (ConstantBits + 1), w[1], w[2], w[3], w[5], w[6], w[7], ConstantBits + 2 + 3 + 1, line, 1);
            for (var i = 0; i < 4; i++)
            {
                output[i] = Centre(line[i]);
            }
        }
    }

    /// <summary>2 rows of 2 samples.</summary>
    public static void Transform2(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        var upper = stackalloc int[8];
        var lower = stackalloc int[8];
        for (var column = 0; column < 8; column += column == 0 ? 1 : 2)
        {
            var even = Dequantise(coefficients, multipliers, column) << (ConstantBits + 2);
            var odd = Combine2(
                Dequantise(coefficients, multipliers, column + 8),
                Dequantise(coefficients, multipliers, column + 24),
                Dequantise(coefficients, multipliers, column + 40),
                Dequantise(coefficients, multipliers, column + 56));
            upper[column] = Descale(even + odd, ConstantBits - 2 + 2);
            lower[column] = Descale(even - odd, ConstantBits - 2 + 2);
        }

        for (var row = 0; row < 2; row++, output += stride)
        {
            var w = row == 0 ? upper : lower;
            var even = w[0] << (ConstantBits + 2);
            var odd = Combine2(Saturate(w[1]), Saturate(w[3]), Saturate(w[5]), Saturate(w[7]));
            output[0] = Centre(Saturate(Descale(even + odd, ConstantBits + 2 + 3 + 2)));
            output[1] = Centre(Saturate(Descale(even - odd, ConstantBits + 2 + 3 + 2)));
        }
    }

    /// <summary>One sample: an eighth of the DC coefficient. Values far out of range wrap like libjpeg's range-limit table.</summary>
    public static void Transform1(short* coefficients, short* multipliers, byte* output, nint stride)
    {
        var index = Descale(coefficients[0] * multipliers[0], 3) & 1023;
        output[0] = index switch
        {
            < 128 => (byte)(index + 128),
            < 512 => 255,
            < 896 => 0,
            _ => (byte)(index - 896),
        };
    }

    private static int Dequantise(short* coefficients, short* multipliers, int index) => (short)(coefficients[index] * multipliers[index]);

    private static void Combine4(int even, int c1, int c2, int c3, int c5, int c6, int c7, int shift, short* output, int step)
    {
        var evenOdd = (c2 * 15137) - (c6 * 6270);
        int even10 = even + evenOdd, even12 = even - evenOdd;
        var odd0 = (c7 * -1730) + (c5 * 11893) + (c3 * -17799) + (c1 * 8697);
        var odd2 = (c7 * -4176) + (c5 * -4926) + (c3 * 7373) + (c1 * 20995);
        output[0] = Saturate(Descale(even10 + odd2, shift));
        output[3 * step] = Saturate(Descale(even10 - odd2, shift));
        output[step] = Saturate(Descale(even12 + odd0, shift));
        output[2 * step] = Saturate(Descale(even12 - odd0, shift));
    }

    private static int Combine2(int c1, int c3, int c5, int c7) => (c7 * -5906) + (c5 * 6967) + (c3 * -10426) + (c1 * 29692);

    private static int Descale(int value, int shift) => (value + (1 << (shift - 1))) >> shift;

    private static short Saturate(int value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);

    private static byte Centre(short value) => (byte)(Math.Clamp((int)value, -128, 127) + 128);
}
