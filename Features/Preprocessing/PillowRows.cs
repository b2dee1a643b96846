using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Features.Preprocessing;

/// <summary>The row kernels of Pillow's resampling. All integer, so every form gives the same bytes.</summary>
internal static class PillowRows
{
    private const int Half = 1 << (PillowCoefficients.PrecisionBits - 1);

    /// <summary>Horizontal pass over one row.</summary>
    /// <param name="image">The whole image; the vector form reads one byte behind an RGB pixel, so its very end is left to the scalar form.</param>
    /// <param name="rowOffset">Where the row begins.</param>
    /// <param name="rowLength">Samples of the row.</param>
    /// <param name="channels">Samples a pixel.</param>
    /// <param name="columns">Weights of each output column.</param>
    /// <param name="target">The output row.</param>
    public static void Horizontal(
        ReadOnlySpan<byte> image, int rowOffset, int rowLength, int channels, PillowCoefficients columns, Span<byte> target)
    {
        var start = channels == 3 && Vector128.IsHardwareAccelerated ? HorizontalRgb128(image[rowOffset..], columns, target) : 0;
        HorizontalScalar(image.Slice(rowOffset, rowLength), channels, columns, start, target);
    }

    internal static void HorizontalScalar(ReadOnlySpan<byte> row, int channels, PillowCoefficients columns, int start, Span<byte> target)
    {
        for (var x = start; x < columns.First.Length; x++)
        {
            var weights = columns.WeightsOf(x);
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = Half;
                var offset = (columns.First[x] * channels) + channel;
                foreach (var weight in weights)
                {
                    sum += row[offset] * weight;
                    offset += channels;
                }

                target[(x * channels) + channel] = Clip(sum);
            }
        }
    }

    /// <summary>RGB with the pixel in four lanes; returns the first output column that is left to do.</summary>
    internal static int HorizontalRgb128(ReadOnlySpan<byte> row, PillowCoefficients columns, Span<byte> target)
    {
        ref var source = ref MemoryMarshal.GetReference(row);
        for (var x = 0; x < columns.First.Length; x++)
        {
            var first = columns.First[x];
            var weights = columns.WeightsOf(x);
            if (((first + weights.Length) * 3) + 1 > row.Length)
            {
                return x;
            }

            var sum = Vector128.Create(Half);
            for (var k = 0; k < weights.Length; k++)
            {
                var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, (first + k) * 3))).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weights[k];
            }

            var clipped = Vector128.Min(Vector128.Max(sum >> PillowCoefficients.PrecisionBits, Vector128<int>.Zero), Vector128.Create(255));
            target[x * 3] = (byte)clipped[0];
            target[(x * 3) + 1] = (byte)clipped[1];
            target[(x * 3) + 2] = (byte)clipped[2];
        }

        return columns.First.Length;
    }

    /// <summary>Vertical pass for one output row.</summary>
    /// <param name="rows">Input rows, beginning with the first that has a weight.</param>
    /// <param name="rowLength">Samples of a row.</param>
    /// <param name="weights">A weight for each input row.</param>
    /// <param name="target">The output row.</param>
    public static void Vertical(ReadOnlySpan<byte> rows, int rowLength, ReadOnlySpan<int> weights, Span<byte> target)
    {
        var start = Vector256.IsHardwareAccelerated ? Vertical256(rows, rowLength, weights, target)
            : Vector128.IsHardwareAccelerated ? Vertical128(rows, rowLength, weights, target)
            : 0;
        VerticalScalar(rows, rowLength, weights, start, target);
    }

    internal static void VerticalScalar(ReadOnlySpan<byte> rows, int rowLength, ReadOnlySpan<int> weights, int start, Span<byte> target)
    {
        for (var i = start; i < rowLength; i++)
        {
            var sum = Half;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += rows[(k * rowLength) + i] * weights[k];
            }

            target[i] = Clip(sum);
        }
    }

    internal static int Vertical256(ReadOnlySpan<byte> rows, int rowLength, ReadOnlySpan<int> weights, Span<byte> target)
    {
        ref var source = ref MemoryMarshal.GetReference(rows[..(rowLength * weights.Length)]);
        ref var output = ref MemoryMarshal.GetReference(target[..rowLength]);
        var i = 0;
        for (; i <= rowLength - 16; i += 16)
        {
            var low = Vector256.Create(Half);
            var high = low;
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector256.Create(weights[k]);
                var samples = Vector256.WidenLower(Vector128.LoadUnsafe(ref source, (nuint)((k * rowLength) + i)).ToVector256Unsafe());
                var (a, b) = Vector256.Widen(samples);
                low += a.AsInt32() * weight;
                high += b.AsInt32() * weight;
            }

            var limit = Vector256.Create(255);
            low = Vector256.Min(Vector256.Max(low >> PillowCoefficients.PrecisionBits, Vector256<int>.Zero), limit);
            high = Vector256.Min(Vector256.Max(high >> PillowCoefficients.PrecisionBits, Vector256<int>.Zero), limit);
            var narrow = Vector256.Narrow(low, high).AsUInt16();
            Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).StoreUnsafe(ref output, (nuint)i);
        }

        return i;
    }

    internal static int Vertical128(ReadOnlySpan<byte> rows, int rowLength, ReadOnlySpan<int> weights, Span<byte> target)
    {
        ref var source = ref MemoryMarshal.GetReference(rows[..(rowLength * weights.Length)]);
        ref var output = ref MemoryMarshal.GetReference(target[..rowLength]);
        var i = 0;
        for (; i <= rowLength - 8; i += 8)
        {
            var low = Vector128.Create(Half);
            var high = low;
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector128.Create(weights[k]);
                var eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (k * rowLength) + i));
                var (a, b) = Vector128.Widen(Vector128.WidenLower(Vector128.CreateScalar(eight).AsByte()));
                low += a.AsInt32() * weight;
                high += b.AsInt32() * weight;
            }

            var limit = Vector128.Create(255);
            low = Vector128.Min(Vector128.Max(low >> PillowCoefficients.PrecisionBits, Vector128<int>.Zero), limit);
            high = Vector128.Min(Vector128.Max(high >> PillowCoefficients.PrecisionBits, Vector128<int>.Zero), limit);
            var narrow = Vector128.Narrow(low, high).AsUInt16();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, i), Vector128.Narrow(narrow, narrow).AsUInt64()[0]);
        }

        return i;
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> PillowCoefficients.PrecisionBits, 0, 255);
}
