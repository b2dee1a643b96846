using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Colour arithmetic of libjpeg-turbo (jdcolor.c) with 16 fraction bits, and the CMYK rules of TensorFlow and Pillow.</summary>
internal static unsafe class ColourConverter
{
    // round(65536·x) of the JFIF equations: R = Y + 1.402 Cr, G = Y − 0.34414 Cb − 0.71414 Cr, B = Y + 1.772 Cb.
    private const int RedFromCr = 91881;
    private const int GreenFromCb = 22554;
    private const int GreenFromCr = 46802;
    private const int BlueFromCb = 116130;
    private const int Half = 1 << 15;

    // Luma of RGB: 0.299, 0.587, 0.114.
    private const int LumaFromRed = 19595;
    private const int LumaFromGreen = 38470;
    private const int LumaFromBlue = 7471;

    /// <summary>YCbCr to interleaved RGB.</summary>
    public static void YccToRgb(byte* luma, byte* cb, byte* cr, byte* output, int width)
    {
        var x = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                YccToRgb16(luma + x, cb + x, cr + x, out var red, out var green, out var blue);
                StoreInterleaved(red, green, blue, output + (3 * x));
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                YccToRgb16Narrow(luma + x, cb + x, cr + x, out var red, out var green, out var blue);
                StoreInterleaved(red, green, blue, output + (3 * x));
            }
        }

        YccToRgbScalar(luma + x, cb + x, cr + x, output + (3 * x), width - x);
    }

    /// <summary>The scalar form.</summary>
    internal static void YccToRgbScalar(byte* luma, byte* cb, byte* cr, byte* output, int width)
    {
        for (var x = 0; x < width; x++, output += 3)
        {
            int y = luma[x], blueness = cb[x] - 128, redness = cr[x] - 128;
            output[0] = Clamp(y + Red(redness));
            output[1] = Clamp(y + Green(blueness, redness));
            output[2] = Clamp(y + Blue(blueness));
        }
    }

    /// <summary>Three planes to interleaved samples.</summary>
    public static void Interleave(byte* red, byte* green, byte* blue, byte* output, int width)
    {
        var x = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; x + 16 <= width; x += 16)
            {
                StoreInterleaved(Vector128.Load(red + x), Vector128.Load(green + x), Vector128.Load(blue + x), output + (3 * x));
            }
        }

        for (; x < width; x++)
        {
            output[3 * x] = red[x];
            output[(3 * x) + 1] = green[x];
            output[(3 * x) + 2] = blue[x];
        }
    }

    /// <summary>RGB planes to gray.</summary>
    public static void RgbToGray(byte* red, byte* green, byte* blue, byte* output, int width)
    {
        for (var x = 0; x < width; x++)
        {
            output[x] = (byte)(((red[x] * LumaFromRed) + (green[x] * LumaFromGreen) + (blue[x] * LumaFromBlue) + Half) >> 16);
        }
    }

    /// <summary>
    /// CMYK or YCCK to interleaved RGB. <paramref name="isYcck"/>: the first three are YCbCr of the complements.
    /// <paramref name="isInverted"/>, for TensorFlow's rule only: an Adobe marker says that 255 is no ink.
    /// </summary>
    public static void CmykToRgb(
        byte* first, byte* second, byte* third, byte* black, byte* output, int width, bool isYcck, JpegRules rules, bool isInverted)
    {
        for (var x = 0; x < width; x++, output += 3)
        {
            int c = first[x], m = second[x], y = third[x], k = black[x];
            if (isYcck)
            {
                int luma = c, blueness = m - 128, redness = y - 128;
                c = Clamp(255 - (luma + Red(redness)));
                m = Clamp(255 - (luma + Green(blueness, redness)));
                y = Clamp(255 - (luma + Blue(blueness)));
            }

            if (rules == JpegRules.Pillow)
            {
                output[0] = PillowInk(255 - c, k);
                output[1] = PillowInk(255 - m, k);
                output[2] = PillowInk(255 - y, k);
            }
            else if (isInverted)
            {
                output[0] = (byte)(k * c / 255);
                output[1] = (byte)(k * m / 255);
                output[2] = (byte)(k * y / 255);
            }
            else
            {
                output[0] = (byte)((255 - k) * (255 - c) / 255);
                output[1] = (byte)((255 - k) * (255 - m) / 255);
                output[2] = (byte)((255 - k) * (255 - y) / 255);
            }
        }
    }

    // The light that is left after black, less what the ink takes of it; Pillow's rounded division by 255.
    private static byte PillowInk(int ink, int light)
    {
        var product = (ink * light) + 128;
        return Clamp(light - (((product >> 8) + product) >> 8));
    }

    private static int Red(int redness) => ((RedFromCr * redness) + Half) >> 16;

    private static int Green(int blueness, int redness) => ((-GreenFromCb * blueness) - (GreenFromCr * redness) + Half) >> 16;

    private static int Blue(int blueness) => ((BlueFromCb * blueness) + Half) >> 16;

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    // 1.402 = 1 + 0.402 and 1.772 = 2 − 0.228 keep the constants within 16 bits; with the argument doubled, the upper half of the product
    // plus one, halved, is the rounded product. Green needs both factors in one sum: −0.71414 = 0.28586 − 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void YccToRgb16(byte* luma, byte* cb, byte* cr, out Vector128<byte> red, out Vector128<byte> green, out Vector128<byte> blue)
    {
        var centre = Vector256.Create((short)128);
        var y = Vector256.WidenLower(Vector128.Load(luma).ToVector256Unsafe()).AsInt16();
        var blueness = Vector256.WidenLower(Vector128.Load(cb).ToVector256Unsafe()).AsInt16() - centre;
        var redness = Vector256.WidenLower(Vector128.Load(cr).ToVector256Unsafe()).AsInt16() - centre;
        var one = Vector256<short>.One;
        var r = y + redness + ((ShortLanes.MultiplyHigh(redness + redness, Vector256.Create((short)(RedFromCr - 65536))) + one) >> 1);
        var b = y + blueness + blueness + ((ShortLanes.MultiplyHigh(blueness + blueness, Vector256.Create((short)(BlueFromCb - 131072))) + one) >> 1);
        var g = y - redness + Vector256.Create(
            GreenTerm(blueness.GetLower(), redness.GetLower()), GreenTerm(blueness.GetUpper(), redness.GetUpper()));
        red = ShortLanes.PackUnsignedSaturating(r.GetLower(), r.GetUpper());
        green = ShortLanes.PackUnsignedSaturating(g.GetLower(), g.GetUpper());
        blue = ShortLanes.PackUnsignedSaturating(b.GetLower(), b.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void YccToRgb16Narrow(byte* luma, byte* cb, byte* cr, out Vector128<byte> red, out Vector128<byte> green, out Vector128<byte> blue)
    {
        var (y0, y1) = Vector128.Widen(Vector128.Load(luma));
        var (cb0, cb1) = Vector128.Widen(Vector128.Load(cb));
        var (cr0, cr1) = Vector128.Widen(Vector128.Load(cr));
        YccToRgb8(y0.AsInt16(), cb0.AsInt16(), cr0.AsInt16(), out var r0, out var g0, out var b0);
        YccToRgb8(y1.AsInt16(), cb1.AsInt16(), cr1.AsInt16(), out var r1, out var g1, out var b1);
        red = ShortLanes.PackUnsignedSaturating(r0, r1);
        green = ShortLanes.PackUnsignedSaturating(g0, g1);
        blue = ShortLanes.PackUnsignedSaturating(b0, b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void YccToRgb8(
        Vector128<short> y, Vector128<short> cb, Vector128<short> cr, out Vector128<short> red, out Vector128<short> green, out Vector128<short> blue)
    {
        var blueness = cb - Vector128.Create((short)128);
        var redness = cr - Vector128.Create((short)128);
        var one = Vector128<short>.One;
        red = y + redness + ((ShortLanes.MultiplyHigh(redness + redness, Vector128.Create((short)(RedFromCr - 65536))) + one) >> 1);
        blue = y + blueness + blueness + ((ShortLanes.MultiplyHigh(blueness + blueness, Vector128.Create((short)(BlueFromCb - 131072))) + one) >> 1);
        green = y - redness + GreenTerm(blueness, redness);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> GreenTerm(Vector128<short> blueness, Vector128<short> redness)
    {
        var factors = Vector128.Create((-GreenFromCb & 0xFFFF) | ((65536 - GreenFromCr) << 16)).AsInt16();
        var half = Vector128.Create(Half);
        return ShortLanes.PackSaturating(
            (ShortLanes.MultiplyAddPairs(ShortLanes.ZipLow(blueness, redness), factors) + half) >> 16,
            (ShortLanes.MultiplyAddPairs(ShortLanes.ZipHigh(blueness, redness), factors) + half) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreInterleaved(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, byte* output)
    {
        const byte No = 0xFF;
        (Vector128.Shuffle(red, Vector128.Create(0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No, No, 5))
            | Vector128.Shuffle(green, Vector128.Create(No, 0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No, No))
            | Vector128.Shuffle(blue, Vector128.Create(No, No, 0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No))).Store(output);
        (Vector128.Shuffle(red, Vector128.Create(No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No, 10, No))
            | Vector128.Shuffle(green, Vector128.Create(5, No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No, 10))
            | Vector128.Shuffle(blue, Vector128.Create(No, 5, No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No))).Store(output + 16);
        (Vector128.Shuffle(red, Vector128.Create(No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15, No, No))
            | Vector128.Shuffle(green, Vector128.Create(No, No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15, No))
            | Vector128.Shuffle(blue, Vector128.Create(10, No, No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15))).Store(output + 32);
    }
}
