using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>16-bit vector operations that the portable vector types lack: one instruction on x86, widened elsewhere.</summary>
internal static class ShortLanes
{
    /// <summary>The upper halves of the 32-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> MultiplyHigh(Vector128<short> left, Vector128<short> right)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.MultiplyHigh(left, right);
        }

        var (leftLow, leftHigh) = Vector128.Widen(left);
        var (rightLow, rightHigh) = Vector128.Widen(right);
        return Vector128.Narrow((leftLow * rightLow) >> 16, (leftHigh * rightHigh) >> 16);
    }

    /// <summary>The upper halves of the 32-bit products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> MultiplyHigh(Vector256<short> left, Vector256<short> right) => Avx2.IsSupported
        ? Avx2.MultiplyHigh(left, right)
        : Vector256.Create(MultiplyHigh(left.GetLower(), right.GetLower()), MultiplyHigh(left.GetUpper(), right.GetUpper()));

    /// <summary>Lanes 0, 1, 2, 3 of both, alternating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> ZipLow(Vector128<short> even, Vector128<short> odd) => Sse2.IsSupported
        ? Sse2.UnpackLow(even, odd)
        : Vector128.Shuffle(even, Vector128.Create((short)0, 8, 1, 8, 2, 8, 3, 8)) | Vector128.Shuffle(odd, Vector128.Create((short)8, 0, 8, 1, 8, 2, 8, 3));

    /// <summary>Lanes 4, 5, 6, 7 of both, alternating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> ZipHigh(Vector128<short> even, Vector128<short> odd) => Sse2.IsSupported
        ? Sse2.UnpackHigh(even, odd)
        : Vector128.Shuffle(even, Vector128.Create((short)4, 8, 5, 8, 6, 8, 7, 8)) | Vector128.Shuffle(odd, Vector128.Create((short)8, 4, 8, 5, 8, 6, 8, 7));

    /// <summary>Products of neighbours, added in pairs: lane i is l[2i]·r[2i] + l[2i+1]·r[2i+1], in 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddPairs(Vector128<short> left, Vector128<short> right)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.MultiplyAddAdjacent(left, right);
        }

        var even = ((left.AsInt32() << 16) >> 16) * ((right.AsInt32() << 16) >> 16);
        return even + ((left.AsInt32() >> 16) * (right.AsInt32() >> 16));
    }

    /// <summary>Two vectors of 32 bits to one of 16, saturating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> PackSaturating(Vector128<int> low, Vector128<int> high) => Sse2.IsSupported
        ? Sse2.PackSignedSaturate(low, high)
        : Vector128.NarrowWithSaturation(low, high);

    /// <summary>All lanes of both, alternating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Zip(Vector128<short> even, Vector128<short> odd) => Vector256.Create(ZipLow(even, odd), ZipHigh(even, odd));

    /// <summary>Products of neighbours, added in pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAddPairs(Vector256<short> left, Vector256<short> right) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(left, right)
        : Vector256.Create(MultiplyAddPairs(left.GetLower(), right.GetLower()), MultiplyAddPairs(left.GetUpper(), right.GetUpper()));

    /// <summary>Two vectors of 32 bits, each to one of 16, saturating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackSaturating(Vector256<int> first, Vector256<int> second, out Vector128<short> packedFirst, out Vector128<short> packedSecond)
    {
        packedFirst = PackSaturating(first.GetLower(), first.GetUpper());
        packedSecond = PackSaturating(second.GetLower(), second.GetUpper());
    }

    /// <summary>Two vectors of 16 bits to one of unsigned 8, saturating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PackUnsignedSaturating(Vector128<short> low, Vector128<short> high)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.PackUnsignedSaturate(low, high);
        }

        var limit = Vector128.Create((short)255);
        var lowClamped = Vector128.Max(Vector128.Min(low, limit), Vector128<short>.Zero);
        var highClamped = Vector128.Max(Vector128.Min(high, limit), Vector128<short>.Zero);
        return Vector128.Narrow(lowClamped.AsUInt16(), highClamped.AsUInt16());
    }

    /// <summary>Two vectors of 16 bits to one of signed 8, saturating, plus 128: samples around zero become samples of 0…255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PackCentred(Vector128<short> low, Vector128<short> high)
    {
        var packed = Sse2.IsSupported ? Sse2.PackSignedSaturate(low, high) : Vector128.NarrowWithSaturation(low, high);
        return packed.AsByte() ^ Vector128.Create((byte)0x80);
    }

    /// <summary>Transposes 8 × 8 lanes in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Vector128<short> a,
        ref Vector128<short> b,
        ref Vector128<short> c,
        ref Vector128<short> d,
        ref Vector128<short> e,
        ref Vector128<short> f,
        ref Vector128<short> g,
        ref Vector128<short> h)
    {
        var ae = ZipLow(a, e);
        var aeHigh = ZipHigh(a, e);
        var bf = ZipLow(b, f);
        var bfHigh = ZipHigh(b, f);
        var cg = ZipLow(c, g);
        var cgHigh = ZipHigh(c, g);
        var dh = ZipLow(d, h);
        var dhHigh = ZipHigh(d, h);
        var aceg0 = ZipLow(ae, cg);
        var aceg1 = ZipHigh(ae, cg);
        var aceg2 = ZipLow(aeHigh, cgHigh);
        var aceg3 = ZipHigh(aeHigh, cgHigh);
        var bdfh0 = ZipLow(bf, dh);
        var bdfh1 = ZipHigh(bf, dh);
        var bdfh2 = ZipLow(bfHigh, dhHigh);
        var bdfh3 = ZipHigh(bfHigh, dhHigh);
        a = ZipLow(aceg0, bdfh0);
        b = ZipHigh(aceg0, bdfh0);
        c = ZipLow(aceg1, bdfh1);
        d = ZipHigh(aceg1, bdfh1);
        e = ZipLow(aceg2, bdfh2);
        f = ZipHigh(aceg2, bdfh2);
        g = ZipLow(aceg3, bdfh3);
        h = ZipHigh(aceg3, bdfh3);
    }
}
