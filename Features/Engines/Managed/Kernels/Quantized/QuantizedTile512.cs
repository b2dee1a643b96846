using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>12 pixels × 32 channels, for AVX-512.</summary>
/// <remarks>Integers: exact, whatever the width. Two instructions multiply 64 bytes; two multiply-adds of floats multiply 32.</remarks>
internal readonly unsafe struct QuantizedTile512 : IQuantizedTile
{
    /// <inheritdoc/>
    public static int Rows => 12;

    /// <inheritdoc/>
    public static int Columns => 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* bytes, nint pitch, sbyte* weights, nint groups, int* sums)
    {
        var ones = Vector512.Create((short)1);
        var row1 = bytes + (1 * pitch);
        var row2 = bytes + (2 * pitch);
        var row3 = bytes + (3 * pitch);
        var row4 = bytes + (4 * pitch);
        var row5 = bytes + (5 * pitch);
        var row6 = bytes + (6 * pitch);
        var row7 = bytes + (7 * pitch);
        var row8 = bytes + (8 * pitch);
        var row9 = bytes + (9 * pitch);
        var row10 = bytes + (10 * pitch);
        var row11 = bytes + (11 * pitch);
        Vector512<int> s00 = Vector512<int>.Zero, s01 = Vector512<int>.Zero;
        Vector512<int> s10 = Vector512<int>.Zero, s11 = Vector512<int>.Zero;
        Vector512<int> s20 = Vector512<int>.Zero, s21 = Vector512<int>.Zero;
        Vector512<int> s30 = Vector512<int>.Zero, s31 = Vector512<int>.Zero;
        Vector512<int> s40 = Vector512<int>.Zero, s41 = Vector512<int>.Zero;
        Vector512<int> s50 = Vector512<int>.Zero, s51 = Vector512<int>.Zero;
        Vector512<int> s60 = Vector512<int>.Zero, s61 = Vector512<int>.Zero;
        Vector512<int> s70 = Vector512<int>.Zero, s71 = Vector512<int>.Zero;
        Vector512<int> s80 = Vector512<int>.Zero, s81 = Vector512<int>.Zero;
        Vector512<int> s90 = Vector512<int>.Zero, s91 = Vector512<int>.Zero;
        Vector512<int> s100 = Vector512<int>.Zero, s101 = Vector512<int>.Zero;
        Vector512<int> s110 = Vector512<int>.Zero, s111 = Vector512<int>.Zero;
        for (nint at = 0; at < groups * QuantizedFilter.Group; at += QuantizedFilter.Group)
        {
            var weights0 = Vector512.Load(weights);
            var weights1 = Vector512.Load(weights + Vector512<sbyte>.Count);
            weights += 2 * Vector512<sbyte>.Count;
            Vector512<byte> x;
            x = Vector512.Create(*(int*)(bytes + at)).AsByte();
            s00 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s01 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row1 + at)).AsByte();
            s10 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s11 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row2 + at)).AsByte();
            s20 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s21 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row3 + at)).AsByte();
            s30 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s31 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row4 + at)).AsByte();
            s40 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s41 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row5 + at)).AsByte();
            s50 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s51 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row6 + at)).AsByte();
            s60 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s61 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row7 + at)).AsByte();
            s70 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s71 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row8 + at)).AsByte();
            s80 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s81 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row9 + at)).AsByte();
            s90 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s91 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row10 + at)).AsByte();
            s100 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s101 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
            x = Vector512.Create(*(int*)(row11 + at)).AsByte();
            s110 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights0), ones);
            s111 += Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(x, weights1), ones);
        }

        s00.Store(sums + (0 * 16));
        s01.Store(sums + (1 * 16));
        s10.Store(sums + (2 * 16));
        s11.Store(sums + (3 * 16));
        s20.Store(sums + (4 * 16));
        s21.Store(sums + (5 * 16));
        s30.Store(sums + (6 * 16));
        s31.Store(sums + (7 * 16));
        s40.Store(sums + (8 * 16));
        s41.Store(sums + (9 * 16));
        s50.Store(sums + (10 * 16));
        s51.Store(sums + (11 * 16));
        s60.Store(sums + (12 * 16));
        s61.Store(sums + (13 * 16));
        s70.Store(sums + (14 * 16));
        s71.Store(sums + (15 * 16));
        s80.Store(sums + (16 * 16));
        s81.Store(sums + (17 * 16));
        s90.Store(sums + (18 * 16));
        s91.Store(sums + (19 * 16));
        s100.Store(sums + (20 * 16));
        s101.Store(sums + (21 * 16));
        s110.Store(sums + (22 * 16));
        s111.Store(sums + (23 * 16));
    }
}
