using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>A tile of 6 output pixels × 2 registers of output channels: 12 sums, 2 weights and 1 input fill the 16 registers of AVX2.</summary>
/// <remarks>
/// Each output is one chain of multiply-adds that begins with the bias and runs over taps, then channels: its value depends neither on the
/// tile that holds it nor on its neighbours in the tile. Against the scalar form: |difference| ≤ 2·n·2⁻²⁴·Σ|x·w| for n products, from fused
/// against separate rounding alone.
/// </remarks>
internal readonly unsafe struct SixRowTile<TLanes> : IConvolutionTile
    where TLanes : struct, ILanes<TLanes>
{
    private const int Height = 6;

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
        for (; rows < rowsEnd; rows += Height)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            var row4 = rows[4];
            var row5 = rows[5];
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
        for (; rows < rowsEnd; rows += Height)
        {
            var row0 = rows[0];
            var row1 = rows[1];
            var row2 = rows[2];
            var row3 = rows[3];
            var row4 = rows[4];
            var row5 = rows[5];
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
            }
        }

        var sums = tile->Sums;
        TLanes.Store(sums + (0 * 2 * width), s0);
        TLanes.Store(sums + (1 * 2 * width), s1);
        TLanes.Store(sums + (2 * 2 * width), s2);
        TLanes.Store(sums + (3 * 2 * width), s3);
        TLanes.Store(sums + (4 * 2 * width), s4);
        TLanes.Store(sums + (5 * 2 * width), s5);
    }

    /// <inheritdoc/>
    public static void RunShort(TileArguments* tile) => Run(tile);
}
