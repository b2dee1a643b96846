using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>Ends a tile: adds the addend, limits, and writes the part that exists.</summary>
internal static unsafe class TileWriter<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Writes a tile from its sums, row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(TileArguments* tile)
    {
        var sums = tile->Sums;
        var width = TLanes.Count;
        var low = TLanes.Broadcast(tile->Low);
        var high = TLanes.Broadcast(tile->High);
        var output = tile->Output;
        var addend = tile->Addend;
        var columns = tile->ValidColumns;
        if (columns == 2 * width && addend == null)
        {
            for (var row = 0; row < tile->ValidRows; row++)
            {
                TLanes.Store(output, TLanes.Min(high, TLanes.Max(low, TLanes.Load(sums))));
                TLanes.Store(output + width, TLanes.Min(high, TLanes.Max(low, TLanes.Load(sums + width))));
                sums += 2 * width;
                output += tile->OutputPitch;
            }

            return;
        }

        for (var row = 0; row < tile->ValidRows; row++)
        {
            var column = 0;
            for (; column + width <= columns; column += width)
            {
                var value = TLanes.Load(sums + column);
                if (addend != null)
                {
                    value = TLanes.Add(value, TLanes.Load(addend + column));
                }

                TLanes.Store(output + column, TLanes.Min(high, TLanes.Max(low, value)));
            }

            for (; column < columns; column++)
            {
                var value = ScalarLanes.Load(sums + column);
                if (addend != null)
                {
                    value = ScalarLanes.Add(value, ScalarLanes.Load(addend + column));
                }

                ScalarLanes.Store(output + column, ScalarLanes.Min(ScalarLanes.Broadcast(tile->High), ScalarLanes.Max(ScalarLanes.Broadcast(tile->Low), value)));
            }

            sums += 2 * width;
            output += tile->OutputPitch;
            if (addend != null)
            {
                addend += tile->AddendPitch;
            }
        }
    }
}
