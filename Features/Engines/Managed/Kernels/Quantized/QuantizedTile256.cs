using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>4 pixels × 16 channels, for AVX2.</summary>
/// <remarks>Integers: exact, whatever the width. Two instructions multiply 32 bytes; two multiply-adds of floats multiply 16.</remarks>
internal readonly unsafe struct QuantizedTile256 : IQuantizedTile
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Columns => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* bytes, nint pitch, sbyte* weights, nint groups, int* sums)
    {
        var ones = Vector256.Create((short)1);
        var row1 = bytes + (1 * pitch);
        var row2 = bytes + (2 * pitch);
        var row3 = bytes + (3 * pitch);
        Vector256<int> s00 = Vector256<int>.Zero, s01 = Vector256<int>.Zero;
        Vector256<int> s10 = Vector256<int>.Zero, s11 = Vector256<int>.Zero;
        Vector256<int> s20 = Vector256<int>.Zero, s21 = Vector256<int>.Zero;
        Vector256<int> s30 = Vector256<int>.Zero, s31 = Vector256<int>.Zero;
        for (nint at = 0; at < groups * QuantizedFilter.Group; at += QuantizedFilter.Group)
        {
            var weights0 = Vector256.Load(weights);
            var weights1 = Vector256.Load(weights + Vector256<sbyte>.Count);
            weights += 2 * Vector256<sbyte>.Count;
            Vector256<byte> x;
            x = Vector256.Create(*(int*)(bytes + at)).AsByte();
            s00 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights0), ones);
            s01 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector256.Create(*(int*)(row1 + at)).AsByte();
            s10 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights0), ones);
            s11 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector256.Create(*(int*)(row2 + at)).AsByte();
            s20 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights0), ones);
            s21 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector256.Create(*(int*)(row3 + at)).AsByte();
            s30 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights0), ones);
            s31 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x, weights1), ones);
        }

        s00.Store(sums + (0 * 8));
        s01.Store(sums + (1 * 8));
        s10.Store(sums + (2 * 8));
        s11.Store(sums + (3 * 8));
        s20.Store(sums + (4 * 8));
        s21.Store(sums + (5 * 8));
        s30.Store(sums + (6 * 8));
        s31.Store(sums + (7 * 8));
    }
}
