using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Datasets.Images.Png;

/// <summary>Undoes the row filters of PNG (specification, 9.2), in place.</summary>
internal static class PngFilters
{
    /// <summary>Undoes one row's filter.</summary>
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The filtered bytes, replaced by the plain ones.</param>
    /// <param name="above">The plain row above; zeros for the first row of a pass.</param>
    /// <param name="pixelBytes">Bytes from a sample to the one left of it: 1…8.</param>
    /// <exception cref="ImageFormatException">There is no such filter.</exception>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                Sub(row, pixelBytes);
                break;
            case 2:
                Up(row, above);
                break;
            case 3:
                Average(row, above, pixelBytes);
                break;
            case 4 when Vector128.IsHardwareAccelerated && pixelBytes is 3 or 4 && row.Length >= 8:
                PaethPixels128(row, above, pixelBytes);
                break;
            case 4:
                PaethScalar(row, above, pixelBytes);
                break;
            default:
                throw new ImageFormatException($"PNG: a row has filter {filter}; 0 to 4 are the ones there are.");
        }
    }

    internal static void Sub(Span<byte> row, int pixelBytes)
    {
        for (var i = pixelBytes; i < row.Length; i++)
        {
            row[i] += row[i - pixelBytes];
        }
    }

    internal static void Up(Span<byte> row, ReadOnlySpan<byte> above)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var target = ref MemoryMarshal.GetReference(row);
            ref var source = ref MemoryMarshal.GetReference(above[..row.Length]);
            for (; i <= row.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                (Vector256.LoadUnsafe(ref target, (nuint)i) + Vector256.LoadUnsafe(ref source, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
            }
        }

        UpScalar(row, above, i);
    }

    internal static void UpScalar(Span<byte> row, ReadOnlySpan<byte> above, int start)
    {
        for (var i = start; i < row.Length; i++)
        {
            row[i] += above[i];
        }
    }

    internal static void Average(Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        above = above[..row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= pixelBytes ? row[i - pixelBytes] : 0;
            row[i] += (byte)((left + above[i]) >> 1);
        }
    }

    internal static void PaethScalar(Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes, int start = 0)
    {
        above = above[..row.Length];
        for (var i = start; i < row.Length; i++)
        {
            int left = i >= pixelBytes ? row[i - pixelBytes] : 0;
            int corner = i >= pixelBytes ? above[i - pixelBytes] : 0;
            int up = above[i];
            var toLeft = Math.Abs(up - corner);
            var toUp = Math.Abs(left - corner);
            var toCorner = Math.Abs(left + up - (2 * corner));
            var predicted = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
            row[i] += (byte)predicted;
        }
    }

    /// <summary>Paeth with all samples of a pixel of three or four bytes at once; the chain from pixel to pixel stays.</summary>
    internal static void PaethPixels128(Span<byte> row, ReadOnlySpan<byte> above, int pixelBytes)
    {
        ref var target = ref MemoryMarshal.GetReference(row);
        ref var source = ref MemoryMarshal.GetReference(above[..row.Length]);
        var left = Vector128<short>.Zero;
        var corner = Vector128<short>.Zero;
        var low = Vector128.Create((short)0xFF);
        var i = 0;

        // Four bytes are read and written; for pixels of three bytes the fourth is the next pixel's first, written back as it was.
        for (; i <= row.Length - 4; i += pixelBytes)
        {
            var raw = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref target, i));
            var filtered = Widen(raw);
            var up = Widen(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, i)));
            var p = up - corner;
            var q = left - corner;
            var toLeft = Vector128.Abs(p);
            var toUp = Vector128.Abs(q);
            var toCorner = Vector128.Abs(p + q);
            var nearest = Vector128.Min(Vector128.Min(toLeft, toUp), toCorner);
            var predicted = Vector128.ConditionalSelect(
                Vector128.Equals(nearest, toLeft), left, Vector128.ConditionalSelect(Vector128.Equals(nearest, toUp), up, corner));
            left = (filtered + predicted) & low;
            corner = up;
            var bytes = Vector128.Narrow(left.AsUInt16(), left.AsUInt16()).AsUInt32()[0];
            var kept = pixelBytes == 3 ? (bytes & 0x00FFFFFF) | (raw & 0xFF000000) : bytes;
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, i), kept);
        }

        PaethScalar(row, above, pixelBytes, i);
    }

    private static Vector128<short> Widen(uint four) => Vector128.WidenLower(Vector128.CreateScalar(four).AsByte()).AsInt16();
}
