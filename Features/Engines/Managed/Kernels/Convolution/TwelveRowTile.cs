using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>A tile of 12 output pixels × 2 registers of output channels, for processors with 32 registers (AVX-512): weights are read half as often as with 6.</summary>
/// <remarks>
/// Each output is one chain of multiply-adds that begins with the bias and runs over taps, then channels: its value depends neither on the
/// tile that holds it nor on its neighbours in the tile. Against the scalar form: |difference| ≤ 2·n·2⁻²⁴·Σ|x·w| for n products, from fused
/// against separate rounding alone.
/// </remarks>
internal readonly unsafe struct TwelveRowTile<TLanes> : IConvolutionTile
    where TLanes : struct, ILanes<TLanes>
{
    private const int Height = 12;

    /// <inheritdoc/>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Height;
    }

    /// <inheritdoc/>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <inheritdoc/>
    /// <remarks>No call is made in here: the sums would be moved to memory around it, and then at every step.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(TileArguments* tile)
    {
        var width = TLanes.Count;
        var rows = tile->Rows;
        var rowsEnd = rows + ((nint)tile->Taps * Height);
        var depth = (nint)tile->Depth;
        var weights = tile->Weights;
        var start = tile->Start;
        var startPitch = tile->StartPitch;
        TLanes s00 = TLanes.Load(start), s01 = TLanes.Load(start + width);
        TLanes s10 = TLanes.Load(start + startPitch), s11 = TLanes.Load(start + startPitch + width);
        TLanes s20 = TLanes.Load(start + (2 * startPitch)), s21 = TLanes.Load(start + (2 * startPitch) + width);
        TLanes s30 = TLanes.Load(start + (3 * startPitch)), s31 = TLanes.Load(start + (3 * startPitch) + width);
        TLanes s40 = TLanes.Load(start + (4 * startPitch)), s41 = TLanes.Load(start + (4 * startPitch) + width);
        TLanes s50 = TLanes.Load(start + (5 * startPitch)), s51 = TLanes.Load(start + (5 * startPitch) + width);
        TLanes s60 = TLanes.Load(start + (6 * startPitch)), s61 = TLanes.Load(start + (6 * startPitch) + width);
        TLanes s70 = TLanes.Load(start + (7 * startPitch)), s71 = TLanes.Load(start + (7 * startPitch) + width);
        TLanes s80 = TLanes.Load(start + (8 * startPitch)), s81 = TLanes.Load(start + (8 * startPitch) + width);
        TLanes s90 = TLanes.Load(start + (9 * startPitch)), s91 = TLanes.Load(start + (9 * startPitch) + width);
        TLanes s100 = TLanes.Load(start + (10 * startPitch)), s101 = TLanes.Load(start + (10 * startPitch) + width);
        TLanes s110 = TLanes.Load(start + (11 * startPitch)), s111 = TLanes.Load(start + (11 * startPitch) + width);
        for (; rows < rowsEnd; rows += Height)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            var row4 = rows[4];
            var row5 = rows[5];
            var row6 = rows[6];
            var row7 = rows[7];
            var row8 = rows[8];
            var row9 = rows[9];
            var row10 = rows[10];
            var row11 = rows[11];
            for (nint k = 0; k < depth; k++)
            {
                var weights0 = TLanes.Load(weights);
                var weights1 = TLanes.Load(weights + width);
                weights += 2 * width;
                var x0 = TLanes.Broadcast(row0[k]);
                s00 = TLanes.MultiplyAdd(x0, weights0, s00);
                s01 = TLanes.MultiplyAdd(x0, weights1, s01);
                var x1 = TLanes.Broadcast(row1[k]);
                s10 = TLanes.MultiplyAdd(x1, weights0, s10);
                s11 = TLanes.MultiplyAdd(x1, weights1, s11);
                var x2 = TLanes.Broadcast(row2[k]);
                s20 = TLanes.MultiplyAdd(x2, weights0, s20);
                s21 = TLanes.MultiplyAdd(x2, weights1, s21);
                var x3 = TLanes.Broadcast(row3[k]);
                s30 = TLanes.MultiplyAdd(x3, weights0, s30);
                s31 = TLanes.MultiplyAdd(x3, weights1, s31);
                var x4 = TLanes.Broadcast(row4[k]);
                s40 = TLanes.MultiplyAdd(x4, weights0, s40);
                s41 = TLanes.MultiplyAdd(x4, weights1, s41);
                var x5 = TLanes.Broadcast(row5[k]);
                s50 = TLanes.MultiplyAdd(x5, weights0, s50);
                s51 = TLanes.MultiplyAdd(x5, weights1, s51);
                var x6 = TLanes.Broadcast(row6[k]);
                s60 = TLanes.MultiplyAdd(x6, weights0, s60);
                s61 = TLanes.MultiplyAdd(x6, weights1, s61);
                var x7 = TLanes.Broadcast(row7[k]);
                s70 = TLanes.MultiplyAdd(x7, weights0, s70);
                s71 = TLanes.MultiplyAdd(x7, weights1, s71);
                var x8 = TLanes.Broadcast(row8[k]);
                s80 = TLanes.MultiplyAdd(x8, weights0, s80);
                s81 = TLanes.MultiplyAdd(x8, weights1, s81);
                var x9 = TLanes.Broadcast(row9[k]);
                s90 = TLanes.MultiplyAdd(x9, weights0, s90);
                s91 = TLanes.MultiplyAdd(x9, weights1, s91);
                var x10 = TLanes.Broadcast(row10[k]);
                s100 = TLanes.MultiplyAdd(x10, weights0, s100);
                s101 = TLanes.MultiplyAdd(x10, weights1, s101);
                var x11 = TLanes.Broadcast(row11[k]);
                s110 = TLanes.MultiplyAdd(x11, weights0, s110);
                s111 = TLanes.MultiplyAdd(x11, weights1, s111);
            }
        }

        if (tile->IsWrittenAtOnce)
        {
            var low = TLanes.Broadcast(tile->Low);
            var high = TLanes.Broadcast(tile->High);
            var output = tile->Output;
            var pitch = tile->OutputPitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s00)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s01)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s10)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s11)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s20)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s21)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s30)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s31)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s40)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s41)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s50)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s51)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s60)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s61)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s70)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s71)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s80)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s81)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s90)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s91)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s100)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s101)));
            output += pitch;
            TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, s110)));
            TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, s111)));
            return;
        }

        var sums = tile->Sums;
        TLanes.Store(sums + (0 * width), s00);
        TLanes.Store(sums + (1 * width), s01);
        TLanes.Store(sums + (2 * width), s10);
        TLanes.Store(sums + (3 * width), s11);
        TLanes.Store(sums + (4 * width), s20);
        TLanes.Store(sums + (5 * width), s21);
        TLanes.Store(sums + (6 * width), s30);
        TLanes.Store(sums + (7 * width), s31);
        TLanes.Store(sums + (8 * width), s40);
        TLanes.Store(sums + (9 * width), s41);
        TLanes.Store(sums + (10 * width), s50);
        TLanes.Store(sums + (11 * width), s51);
        TLanes.Store(sums + (12 * width), s60);
        TLanes.Store(sums + (13 * width), s61);
        TLanes.Store(sums + (14 * width), s70);
        TLanes.Store(sums + (15 * width), s71);
        TLanes.Store(sums + (16 * width), s80);
        TLanes.Store(sums + (17 * width), s81);
        TLanes.Store(sums + (18 * width), s90);
        TLanes.Store(sums + (19 * width), s91);
        TLanes.Store(sums + (20 * width), s100);
        TLanes.Store(sums + (21 * width), s101);
        TLanes.Store(sums + (22 * width), s110);
        TLanes.Store(sums + (23 * width), s111);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunNarrow(TileArguments* tile)
    {
        var width = TLanes.Count;
        var rows = tile->Rows;
        var rowsEnd = rows + ((nint)tile->Taps * Height);
        var depth = (nint)tile->Depth;
        var weights = tile->Weights;
        var start = tile->Start;
        var startPitch = tile->StartPitch;
        var s0 = TLanes.Load(start);
        var s1 = TLanes.Load(start + startPitch);
        var s2 = TLanes.Load(start + (2 * startPitch));
        var s3 = TLanes.Load(start + (3 * startPitch));
        var s4 = TLanes.Load(start + (4 * startPitch));
        var s5 = TLanes.Load(start + (5 * startPitch));
        var s6 = TLanes.Load(start + (6 * startPitch));
        var s7 = TLanes.Load(start + (7 * startPitch));
        var s8 = TLanes.Load(start + (8 * startPitch));
        var s9 = TLanes.Load(start + (9 * startPitch));
        var s10 = TLanes.Load(start + (10 * startPitch));
        var s11 = TLanes.Load(start + (11 * startPitch));
        for (; rows < rowsEnd; rows += Height)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            var row4 = rows[4];
            var row5 = rows[5];
            var row6 = rows[6];
            var row7 = rows[7];
            var row8 = rows[8];
            var row9 = rows[9];
            var row10 = rows[10];
            var row11 = rows[11];
            for (nint k = 0; k < depth; k++)
            {
                var value = TLanes.Load(weights);
                weights += 2 * width;
                s0 = TLanes.MultiplyAdd(TLanes.Broadcast(row0[k]), value, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Broadcast(row1[k]), value, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Broadcast(row2[k]), value, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Broadcast(row3[k]), value, s3);
                s4 = TLanes.MultiplyAdd(TLanes.Broadcast(row4[k]), value, s4);
                s5 = TLanes.MultiplyAdd(TLanes.Broadcast(row5[k]), value, s5);
                s6 = TLanes.MultiplyAdd(TLanes.Broadcast(row6[k]), value, s6);
                s7 = TLanes.MultiplyAdd(TLanes.Broadcast(row7[k]), value, s7);
                s8 = TLanes.MultiplyAdd(TLanes.Broadcast(row8[k]), value, s8);
                s9 = TLanes.MultiplyAdd(TLanes.Broadcast(row9[k]), value, s9);
                s10 = TLanes.MultiplyAdd(TLanes.Broadcast(row10[k]), value, s10);
                s11 = TLanes.MultiplyAdd(TLanes.Broadcast(row11[k]), value, s11);
            }
        }

        var sums = tile->Sums;
        TLanes.Store(sums + (0 * 2 * width), s0);
        TLanes.Store(sums + (1 * 2 * width), s1);
        TLanes.Store(sums + (2 * 2 * width), s2);
        TLanes.Store(sums + (3 * 2 * width), s3);
        TLanes.Store(sums + (4 * 2 * width), s4);
        TLanes.Store(sums + (5 * 2 * width), s5);
        TLanes.Store(sums + (6 * 2 * width), s6);
        TLanes.Store(sums + (7 * 2 * width), s7);
        TLanes.Store(sums + (8 * 2 * width), s8);
        TLanes.Store(sums + (9 * 2 * width), s9);
        TLanes.Store(sums + (10 * 2 * width), s10);
        TLanes.Store(sums + (11 * 2 * width), s11);
    }

    /// <inheritdoc/>
    public static void RunShort(TileArguments* tile) => SixRowTile<TLanes>.Run(tile);
}
