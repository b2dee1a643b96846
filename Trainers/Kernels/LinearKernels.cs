using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlTransfer.Trainers.Kernels;

/// <summary>
/// The two products of a linear layer on a block of rows that fits the second-level cache: Z += X · Wᵀ and D += Gᵀ · X. Products and short sums are
/// float32, long sums float64. What a number is made of, and in which order, depends neither on its place in a tile nor on the other rows.
/// </summary>
/// <remarks>
/// A tile is two rows (or two registers of columns) by two to five classes: ten sums, two operands and one shared operand stay within the sixteen
/// registers of AVX2.
/// </remarks>
internal static unsafe class LinearKernels
{
    /// <summary>Columns summed in float32 before the sum goes to float64.</summary>
    public const int ColumnChunk = 1024;

    private const int LargestTile = 5;

    /// <summary>z[r, c] += Σ_d x[r, d] · w[c, d] for an even number of rows; columns a multiple of <see cref="PaddedRows.ColumnMultiple"/>.</summary>
    public static void Forward(float* x, long xStride, int rows, int columns, float* w, long wStride, int classes, double* z, long zStride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Forward<Lanes512>(x, xStride, rows, columns, w, wStride, classes, z, zStride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Forward<Lanes256>(x, xStride, rows, columns, w, wStride, classes, z, zStride);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Forward<Lanes128>(x, xStride, rows, columns, w, wStride, classes, z, zStride);
        }
        else
        {
            Forward<ScalarLanes>(x, xStride, rows, columns, w, wStride, classes, z, zStride);
        }
    }

    /// <summary>target[c, d] += Σ_r g[r, c] · x[r, d]; columns a multiple of <see cref="PaddedRows.ColumnMultiple"/>.</summary>
    public static void Backward(float* x, long xStride, int rows, int columns, float* g, long gStride, int classes, double* target, long targetStride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Backward<Lanes512>(x, xStride, rows, columns, g, gStride, classes, target, targetStride);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Backward<Lanes256>(x, xStride, rows, columns, g, gStride, classes, target, targetStride);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Backward<Lanes128>(x, xStride, rows, columns, g, gStride, classes, target, targetStride);
        }
        else
        {
            Backward<ScalarLanes>(x, xStride, rows, columns, g, gStride, classes, target, targetStride);
        }
    }

    /// <summary><see cref="Forward(float*, long, int, int, float*, long, int, double*, long)"/> at one register width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward<T>(float* x, long xStride, int rows, int columns, float* w, long wStride, int classes, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var tiles = TileCount(classes);
        for (var start = 0; start < columns; start += ColumnChunk)
        {
            var count = Math.Min(ColumnChunk, columns - start);
            for (int tile = 0, c = 0; tile < tiles; tile++)
            {
                var size = (classes - c) / (tiles - tile);
                var wTile = w + (c * wStride) + start;
                for (var r = 0; r < rows; r += 2)
                {
                    var xTile = x + (r * xStride) + start;
                    var zTile = z + (r * zStride) + c;
                    switch (size)
                    {
                        case 1: Dot1<T>(xTile, xStride, wTile, count, zTile, zStride); break;
                        case 2: Dot2<T>(xTile, xStride, wTile, wStride, count, zTile, zStride); break;
                        case 3: Dot3<T>(xTile, xStride, wTile, wStride, count, zTile, zStride); break;
                        case 4: Dot4<T>(xTile, xStride, wTile, wStride, count, zTile, zStride); break;
                        default: Dot5<T>(xTile, xStride, wTile, wStride, count, zTile, zStride); break;
                    }
                }

                c += size;
            }
        }
    }

    /// <summary><see cref="Backward(float*, long, int, int, float*, long, int, double*, long)"/> at one register width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Backward<T>(float* x, long xStride, int rows, int columns, float* g, long gStride, int classes, double* target, long targetStride)
        where T : struct, ILanes<T>
    {
        var tiles = TileCount(classes);
        for (var d = 0; d < columns; d += 2 * T.Count)
        {
            for (int tile = 0, c = 0; tile < tiles; tile++)
            {
                var size = (classes - c) / (tiles - tile);
                var place = target + (c * targetStride) + d;
                switch (size)
                {
                    case 1: Outer1<T>(x + d, xStride, g + c, gStride, rows, place); break;
                    case 2: Outer2<T>(x + d, xStride, g + c, gStride, rows, place, targetStride); break;
                    case 3: Outer3<T>(x + d, xStride, g + c, gStride, rows, place, targetStride); break;
                    case 4: Outer4<T>(x + d, xStride, g + c, gStride, rows, place, targetStride); break;
                    default: Outer5<T>(x + d, xStride, g + c, gStride, rows, place, targetStride); break;
                }

                c += size;
            }
        }
    }

    private static int TileCount(int classes) => (classes + LargestTile - 1) / LargestTile;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot1<T>(float* x, long xStride, float* w, int count, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var x1 = x + xStride;
        T a0 = default, b0 = default;
        for (var i = 0; i < count; i += T.Count)
        {
            var p = T.Load(x + i);
            var q = T.Load(x1 + i);
            var v0 = T.Load(w + i);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
        }

        var z1 = z + zStride;
        z[0] += T.Sum(a0);
        z1[0] += T.Sum(b0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot2<T>(float* x, long xStride, float* w, long wStride, int count, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var x1 = x + xStride;
        var w1 = w + wStride;
        T a0 = default, b0 = default, a1 = default, b1 = default;
        for (var i = 0; i < count; i += T.Count)
        {
            var p = T.Load(x + i);
            var q = T.Load(x1 + i);
            var v0 = T.Load(w + i);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Load(w1 + i);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
        }

        var z1 = z + zStride;
        z[0] += T.Sum(a0);
        z1[0] += T.Sum(b0);
        z[1] += T.Sum(a1);
        z1[1] += T.Sum(b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot3<T>(float* x, long xStride, float* w, long wStride, int count, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var x1 = x + xStride;
        var w1 = w + wStride;
        var w2 = w + (2 * wStride);
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default;
        for (var i = 0; i < count; i += T.Count)
        {
            var p = T.Load(x + i);
            var q = T.Load(x1 + i);
            var v0 = T.Load(w + i);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Load(w1 + i);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Load(w2 + i);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
        }

        var z1 = z + zStride;
        z[0] += T.Sum(a0);
        z1[0] += T.Sum(b0);
        z[1] += T.Sum(a1);
        z1[1] += T.Sum(b1);
        z[2] += T.Sum(a2);
        z1[2] += T.Sum(b2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot4<T>(float* x, long xStride, float* w, long wStride, int count, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var x1 = x + xStride;
        var w1 = w + wStride;
        var w2 = w + (2 * wStride);
        var w3 = w + (3 * wStride);
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        for (var i = 0; i < count; i += T.Count)
        {
            var p = T.Load(x + i);
            var q = T.Load(x1 + i);
            var v0 = T.Load(w + i);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Load(w1 + i);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Load(w2 + i);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
            var v3 = T.Load(w3 + i);
            a3 = T.MultiplyAdd(p, v3, a3);
            b3 = T.MultiplyAdd(q, v3, b3);
        }

        var z1 = z + zStride;
        z[0] += T.Sum(a0);
        z1[0] += T.Sum(b0);
        z[1] += T.Sum(a1);
        z1[1] += T.Sum(b1);
        z[2] += T.Sum(a2);
        z1[2] += T.Sum(b2);
        z[3] += T.Sum(a3);
        z1[3] += T.Sum(b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot5<T>(float* x, long xStride, float* w, long wStride, int count, double* z, long zStride)
        where T : struct, ILanes<T>
    {
        var x1 = x + xStride;
        var w1 = w + wStride;
        var w2 = w + (2 * wStride);
        var w3 = w + (3 * wStride);
        var w4 = w + (4 * wStride);
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default, a4 = default, b4 = default;
        for (var i = 0; i < count; i += T.Count)
        {
            var p = T.Load(x + i);
            var q = T.Load(x1 + i);
            var v0 = T.Load(w + i);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Load(w1 + i);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Load(w2 + i);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
            var v3 = T.Load(w3 + i);
            a3 = T.MultiplyAdd(p, v3, a3);
            b3 = T.MultiplyAdd(q, v3, b3);
            var v4 = T.Load(w4 + i);
            a4 = T.MultiplyAdd(p, v4, a4);
            b4 = T.MultiplyAdd(q, v4, b4);
        }

        var z1 = z + zStride;
        z[0] += T.Sum(a0);
        z1[0] += T.Sum(b0);
        z[1] += T.Sum(a1);
        z1[1] += T.Sum(b1);
        z[2] += T.Sum(a2);
        z1[2] += T.Sum(b2);
        z[3] += T.Sum(a3);
        z1[3] += T.Sum(b3);
        z[4] += T.Sum(a4);
        z1[4] += T.Sum(b4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer1<T>(float* x, long xStride, float* g, long gStride, int rows, double* target)
        where T : struct, ILanes<T>
    {
        T a0 = default, b0 = default;
        for (var r = 0; r < rows; r++, x += xStride, g += gStride)
        {
            var p = T.Load(x);
            var q = T.Load(x + T.Count);
            var v0 = T.Broadcast(g[0]);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
        }

        T.AddTo(a0, target);
        T.AddTo(b0, target + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer2<T>(float* x, long xStride, float* g, long gStride, int rows, double* target, long targetStride)
        where T : struct, ILanes<T>
    {
        T a0 = default, b0 = default, a1 = default, b1 = default;
        for (var r = 0; r < rows; r++, x += xStride, g += gStride)
        {
            var p = T.Load(x);
            var q = T.Load(x + T.Count);
            var v0 = T.Broadcast(g[0]);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Broadcast(g[1]);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
        }

        T.AddTo(a0, target);
        T.AddTo(b0, target + T.Count);
        T.AddTo(a1, target + targetStride);
        T.AddTo(b1, target + targetStride + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer3<T>(float* x, long xStride, float* g, long gStride, int rows, double* target, long targetStride)
        where T : struct, ILanes<T>
    {
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default;
        for (var r = 0; r < rows; r++, x += xStride, g += gStride)
        {
            var p = T.Load(x);
            var q = T.Load(x + T.Count);
            var v0 = T.Broadcast(g[0]);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Broadcast(g[1]);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Broadcast(g[2]);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
        }

        T.AddTo(a0, target);
        T.AddTo(b0, target + T.Count);
        T.AddTo(a1, target + targetStride);
        T.AddTo(b1, target + targetStride + T.Count);
        T.AddTo(a2, target + (2 * targetStride));
        T.AddTo(b2, target + (2 * targetStride) + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer4<T>(float* x, long xStride, float* g, long gStride, int rows, double* target, long targetStride)
        where T : struct, ILanes<T>
    {
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
        for (var r = 0; r < rows; r++, x += xStride, g += gStride)
        {
            var p = T.Load(x);
            var q = T.Load(x + T.Count);
            var v0 = T.Broadcast(g[0]);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Broadcast(g[1]);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Broadcast(g[2]);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
            var v3 = T.Broadcast(g[3]);
            a3 = T.MultiplyAdd(p, v3, a3);
            b3 = T.MultiplyAdd(q, v3, b3);
        }

        T.AddTo(a0, target);
        T.AddTo(b0, target + T.Count);
        T.AddTo(a1, target + targetStride);
        T.AddTo(b1, target + targetStride + T.Count);
        T.AddTo(a2, target + (2 * targetStride));
        T.AddTo(b2, target + (2 * targetStride) + T.Count);
        T.AddTo(a3, target + (3 * targetStride));
        T.AddTo(b3, target + (3 * targetStride) + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Outer5<T>(float* x, long xStride, float* g, long gStride, int rows, double* target, long targetStride)
        where T : struct, ILanes<T>
    {
        T a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default, a4 = default, b4 = default;
        for (var r = 0; r < rows; r++, x += xStride, g += gStride)
        {
            var p = T.Load(x);
            var q = T.Load(x + T.Count);
            var v0 = T.Broadcast(g[0]);
            a0 = T.MultiplyAdd(p, v0, a0);
            b0 = T.MultiplyAdd(q, v0, b0);
            var v1 = T.Broadcast(g[1]);
            a1 = T.MultiplyAdd(p, v1, a1);
            b1 = T.MultiplyAdd(q, v1, b1);
            var v2 = T.Broadcast(g[2]);
            a2 = T.MultiplyAdd(p, v2, a2);
            b2 = T.MultiplyAdd(q, v2, b2);
            var v3 = T.Broadcast(g[3]);
            a3 = T.MultiplyAdd(p, v3, a3);
            b3 = T.MultiplyAdd(q, v3, b3);
            var v4 = T.Broadcast(g[4]);
            a4 = T.MultiplyAdd(p, v4, a4);
            b4 = T.MultiplyAdd(q, v4, b4);
        }

        T.AddTo(a0, target);
        T.AddTo(b0, target + T.Count);
        T.AddTo(a1, target + targetStride);
        T.AddTo(b1, target + targetStride + T.Count);
        T.AddTo(a2, target + (2 * targetStride));
        T.AddTo(b2, target + (2 * targetStride) + T.Count);
        T.AddTo(a3, target + (3 * targetStride));
        T.AddTo(b3, target + (3 * targetStride) + T.Count);
        T.AddTo(a4, target + (4 * targetStride));
        T.AddTo(b4, target + (4 * targetStride) + T.Count);
    }
}
