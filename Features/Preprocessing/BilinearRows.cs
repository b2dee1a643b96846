using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Features.Preprocessing;

/// <summary>
/// The row kernels of bilinear resizing. Each vector form does the operations of the scalar one in the same order on each element, without
/// fused multiply-add, so they agree bit for bit.
/// </summary>
internal static class BilinearRows
{
    /// <summary>Converts elements to float32.</summary>
    public static void Convert<T>(ReadOnlySpan<T> source, Span<float> destination)
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<T, float>(source).CopyTo(destination);
            return;
        }

        if (typeof(T) == typeof(byte))
        {
            ConvertBytes(MemoryMarshal.AsBytes(source), destination);
            return;
        }

        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = float.CreateTruncating(source[i]);
        }
    }

    /// <summary>Converts bytes to float32.</summary>
    public static void ConvertBytes(ReadOnlySpan<byte> source, Span<float> destination)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref var from = ref MemoryMarshal.GetReference(source);
            ref var to = ref MemoryMarshal.GetReference(destination[..source.Length]);
            for (; i <= source.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref from, (nuint)i));
                var (a, b) = Vector128.Widen(low);
                var (c, d) = Vector128.Widen(high);
                Vector128.ConvertToSingle(a.AsInt32()).StoreUnsafe(ref to, (nuint)i);
                Vector128.ConvertToSingle(b.AsInt32()).StoreUnsafe(ref to, (nuint)i + 4);
                Vector128.ConvertToSingle(c.AsInt32()).StoreUnsafe(ref to, (nuint)i + 8);
                Vector128.ConvertToSingle(d.AsInt32()).StoreUnsafe(ref to, (nuint)i + 12);
            }
        }

        for (; i < source.Length; i++)
        {
            destination[i] = source[i];
        }
    }

    /// <summary>Horizontal pass over one row of any number of channels.</summary>
    public static void Stretch(ReadOnlySpan<float> row, int channels, in BilinearAxis columns, Span<float> target)
    {
        var lowers = columns.Lower;
        var uppers = columns.Upper;
        var weights = columns.Weight;
        for (var x = 0; x < lowers.Length; x++)
        {
            Blend(row.Slice(lowers[x], channels), row.Slice(uppers[x], channels), weights[x], target.Slice(x * channels, channels));
        }
    }

    /// <summary>Horizontal pass over one row of 8-bit RGB, four lanes a pixel (the fourth is overwritten by the next pixel).</summary>
    /// <param name="image">The whole image: the vector form reads one byte behind a pixel, so the image's last pixel is left to the scalar form.</param>
    /// <param name="rowOffset">Where the row begins.</param>
    /// <param name="rowLength">Bytes of the row.</param>
    /// <param name="columns">Offsets in multiples of three, and weights.</param>
    /// <param name="target">Three numbers an output column, and room for one more.</param>
    public static void StretchRgb(ReadOnlySpan<byte> image, int rowOffset, int rowLength, in BilinearAxis columns, Span<float> target)
    {
        if (!Vector128.IsHardwareAccelerated)
        {
            StretchRgbScalar(image.Slice(rowOffset, rowLength), columns, 0, target);
            return;
        }

        StretchRgb128(image, rowOffset, rowLength, columns, target);
    }

    internal static void StretchRgb128(ReadOnlySpan<byte> image, int rowOffset, int rowLength, in BilinearAxis columns, Span<float> target)
    {
        var lowers = columns.Lower;
        var uppers = columns.Upper;
        var weights = columns.Weight;
        var row = image[rowOffset..];

        // Offsets only grow, so the columns that may be read four bytes at a time come first.
        var vectorColumns = lowers.Length;
        while (vectorColumns > 0 && uppers[vectorColumns - 1] + sizeof(uint) > row.Length)
        {
            vectorColumns--;
        }

        ref var source = ref MemoryMarshal.GetReference(row);
        ref var output = ref MemoryMarshal.GetReference(target[..((lowers.Length * 3) + 1)]);
        for (var x = 0; x < vectorColumns; x++)
        {
            var lower = FourSamples(ref Unsafe.Add(ref source, lowers[x]));
            var upper = FourSamples(ref Unsafe.Add(ref source, uppers[x]));
            var result = lower + ((upper - lower) * Vector128.Create(weights[x]));
            result.StoreUnsafe(ref output, (nuint)(x * 3));
        }

        StretchRgbScalar(row[..rowLength], columns, vectorColumns, target);
    }

    internal static void StretchRgbScalar(ReadOnlySpan<byte> row, in BilinearAxis columns, int start, Span<float> target)
    {
        var lowers = columns.Lower;
        var uppers = columns.Upper;
        var weights = columns.Weight;
        for (var x = start; x < lowers.Length; x++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                float lower = row[lowers[x] + channel];
                float upper = row[uppers[x] + channel];
                target[(x * 3) + channel] = lower + ((upper - lower) * weights[x]);
            }
        }
    }

    /// <summary>lower + (upper − lower) × weight, element by element.</summary>
    public static void Blend(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> target)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Blend512(lower, upper, weight, target);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Blend256(lower, upper, weight, target);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Blend128(lower, upper, weight, target);
        }
        else
        {
            BlendScalar(lower, upper, weight, target, 0);
        }
    }

    internal static void BlendScalar(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> target, int start)
    {
        for (var i = start; i < target.Length; i++)
        {
            target[i] = lower[i] + ((upper[i] - lower[i]) * weight);
        }
    }

    internal static void Blend512(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> target)
    {
        ref var a = ref MemoryMarshal.GetReference(lower[..target.Length]);
        ref var b = ref MemoryMarshal.GetReference(upper[..target.Length]);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var low = Vector512.LoadUnsafe(ref a, (nuint)i);
            (low + ((Vector512.LoadUnsafe(ref b, (nuint)i) - low) * Vector512.Create(weight))).StoreUnsafe(ref to, (nuint)i);
        }

        BlendScalar(lower, upper, weight, target, i);
    }

    internal static void Blend256(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> target)
    {
        ref var a = ref MemoryMarshal.GetReference(lower[..target.Length]);
        ref var b = ref MemoryMarshal.GetReference(upper[..target.Length]);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var low = Vector256.LoadUnsafe(ref a, (nuint)i);
            (low + ((Vector256.LoadUnsafe(ref b, (nuint)i) - low) * Vector256.Create(weight))).StoreUnsafe(ref to, (nuint)i);
        }

        BlendScalar(lower, upper, weight, target, i);
    }

    internal static void Blend128(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> target)
    {
        ref var a = ref MemoryMarshal.GetReference(lower[..target.Length]);
        ref var b = ref MemoryMarshal.GetReference(upper[..target.Length]);
        ref var to = ref MemoryMarshal.GetReference(target);
        var i = 0;
        for (; i <= target.Length - Vector128<float>.Count; i += Vector128<float>.Count)
        {
            var low = Vector128.LoadUnsafe(ref a, (nuint)i);
            (low + ((Vector128.LoadUnsafe(ref b, (nuint)i) - low) * Vector128.Create(weight))).StoreUnsafe(ref to, (nuint)i);
        }

        BlendScalar(lower, upper, weight, target, i);
    }

    private static Vector128<float> FourSamples(ref byte source)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref source)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }
}
