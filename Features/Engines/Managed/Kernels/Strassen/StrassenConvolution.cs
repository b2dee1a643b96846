using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Strassen;

/// <summary>
/// 1×1 convolution of any stride as a matrix product with seven multiplications instead of eight: pixels of the first and of the second half of
/// an image, halves of the input channels and pairs of panels of output channels are the 2 × 2 blocks of one step of Strassen's algorithm.
/// </summary>
/// <remarks>
/// Winograd's form, of 15 additions: those of weights are made once, those of inputs once for a block of pixels (copied on that occasion, so that
/// the rows of a tile fall into different lines of the cache whatever the number of channels), and of the seven on outputs five are where a
/// tile's sums begin and only two are passes over a tile. Pixels are paired within their image and a tile's rows do not
/// mix, so that an output depends on neither batch, threads nor blocks. With C input channels, a and w the sums of the magnitudes of the
/// four inputs and of the four weights that meet in a pair, |difference| ≤ 4·(C + 16)·2⁻²⁴·(Σ a·w + |bias|). An input that is infinite or not a
/// number spoils the pixel it is paired with, too.
/// Source: V. Strassen, "Gaussian elimination is not optimal", 1969; S. Winograd, "On multiplication of 2 × 2 matrices", 1971.
/// </remarks>
internal sealed unsafe class StrassenConvolution<TTile, TLanes> : ConvolutionWork
    where TTile : struct, IConvolutionTile
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Bytes of inputs and their sums in a block: what a common second-level cache keeps beside a factor and the next one.</summary>
    private const int BlockBytes = 128 * 1024;

    private const int MostTilesInBlock = 12;

    private const int LineFloats = 16;

    private readonly ConvolutionShape _shape;
    private readonly StrassenFilter _filter;
    private readonly float _low;
    private readonly float _high;
    private readonly int _pixelsInImage;
    private readonly int _pairsInImage;
    private readonly int _pairs;
    private readonly ItemGrid _grid;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">Geometry: a window of one pixel, no padding, an even number of input channels.</param>
    /// <param name="filter">Weights packed for this tile.</param>
    /// <param name="low">Lower limit of results.</param>
    /// <param name="high">Upper limit of results.</param>
    /// <param name="threads">Threads that will share the work; decides how it is cut, not what comes out.</param>
    public StrassenConvolution(ConvolutionShape shape, StrassenFilter filter, float low, float high, int threads)
    {
        _shape = shape;
        _filter = filter;
        _low = low;
        _high = high;
        _pixelsInImage = shape.OutHeight * shape.OutWidth;
        _pairsInImage = (_pixelsInImage + 1) / 2;
        _pairs = shape.Batch * _pairsInImage;
        var tiles = Math.Max(1, (_pairs + TTile.Rows - 1) / TTile.Rows);
        var tileBytes = (long)TTile.Rows * Operand.Copied * filter.HalfDepth * sizeof(float);
        _grid = new ItemGrid(tiles, (int)Math.Clamp(BlockBytes / tileBytes, 1, MostTilesInBlock), filter.Panels, threads);
    }

    /// <inheritdoc/>
    public override string Name => $"strassen {TTile.Rows}×{TTile.Columns}";

    /// <inheritdoc/>
    public override double ComputedOperations =>
        (2.0 * StrassenFilter.Factors * _pairs * _filter.HalfDepth * _filter.Pairs * _filter.PanelWidth)
        + (2.0 * _shape.OutPixels * _shape.InChannels * (_shape.OutChannels - (2 * _filter.Pairs * _filter.PanelWidth)));

    /// <inheritdoc/>
    public override long WeightBytes => _filter.Bytes;

    /// <inheritdoc/>
    public override int Items => _pairs == 0 ? 0 : _grid.Items;

    /// <inheritdoc/>
    public override int ScratchBytes =>
        (((Operand.Copied * RowStep) + (((3 * _grid.TilesInBlock) + 1) * TileFloats)) * sizeof(float)) + (Slots * Operand.Count * sizeof(float*));

    private static int TileFloats => TTile.Rows * TTile.Columns;

    private int Slots => _grid.TilesInBlock * TTile.Rows;

    /// <summary>Floats from one row of an operand to the next: an odd number of lines, so that the rows of a tile fall into different lines of the cache.</summary>
    private int RowPitch => (((_filter.HalfDepth + LineFloats - 1) / LineFloats) | 1) * LineFloats;

    /// <summary>Floats from one operand to the next.</summary>
    private int RowStep => Slots * RowPitch;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var first = _grid.FirstTile(item) * TTile.Rows;
        var block = new Block { FirstPair = first, Pairs = Math.Min(Slots, _pairs - first), Operands = (float*)scratch };
        block.Tiles = (block.Pairs + TTile.Rows - 1) / TTile.Rows;
        block.Upper = block.Operands + (Operand.Copied * RowStep);
        block.Lower = block.Upper + (_grid.TilesInBlock * TileFloats);
        block.Right = block.Lower + (_grid.TilesInBlock * TileFloats);
        block.Result = block.Right + (_grid.TilesInBlock * TileFloats);
        block.Rows = (float**)(block.Result + TileFloats);
        FindRows(&block);

        var firstPanel = _grid.FirstPanel(item);
        var endPanel = _grid.EndPanel(item);
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            if (panel < _filter.Pairs)
            {
                MultiplyPair(&block, panel);
            }
            else
            {
                MultiplyRest(&block, panel - _filter.Pairs);
            }
        }
    }

    /// <summary>Pointers to the rows of each pair, and the copies and sums they lead to. Rows past the last pair repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindRows(Block* block)
    {
        nint half = _filter.HalfDepth;
        var whole = half - (half % TLanes.Count);
        nint slots = Slots;
        for (var slot = 0; slot < block->Tiles * TTile.Rows; slot++)
        {
            var row = block->Rows + slot;
            if (slot >= block->Pairs)
            {
                for (nint operand = 0; operand < Operand.Count; operand++)
                {
                    row[operand * slots] = row[(operand * slots) - 1];
                }

                continue;
            }

            var (image, place) = Math.DivRem(block->FirstPair + slot, _pairsInImage);
            var first = Pixel(image, place);
            var second = place + _pairsInImage < _pixelsInImage ? Pixel(image, place + _pairsInImage) : first;
            var copies = block->Operands + (slot * RowPitch);
            for (nint operand = 0; operand < Operand.Copied; operand++)
            {
                row[operand * slots] = copies + (operand * RowStep);
            }

            row[Operand.First * slots] = first;
            row[Operand.Second * slots] = second;
            Prepare<TLanes>(first, second, copies, 0, whole);
            Prepare<ScalarLanes>(first, second, copies, whole, half);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prepare<T>(float* first, float* second, float* copies, nint from, nint end)
        where T : struct, ILanes<T>
    {
        nint half = _filter.HalfDepth;
        nint step = RowStep;
        for (var k = from; k < end; k += T.Count)
        {
            var a11 = T.Load(first + k);
            var a12 = T.Load(first + half + k);
            var a21 = T.Load(second + k);
            var a22 = T.Load(second + half + k);
            var s1 = T.Add(a21, a22);
            var s2 = T.Subtract(s1, a11);
            var target = copies + k;
            T.Store(target + (Operand.FirstHead * step), a11);
            T.Store(target + (Operand.FirstTail * step), a12);
            T.Store(target + (Operand.SecondTail * step), a22);
            T.Store(target + (Operand.Sum1 * step), s1);
            T.Store(target + (Operand.Sum2 * step), s2);
            T.Store(target + (Operand.Sum3 * step), T.Subtract(a11, a21));
            T.Store(target + (Operand.Sum4 * step), T.Subtract(a12, s2));
        }
    }

    private float* Pixel(int image, int place)
    {
        var (y, x) = Math.DivRem(place, _shape.OutWidth);
        return Input.Data + ((((((nint)image * _shape.InHeight) + (y * _shape.StrideY)) * _shape.InWidth) + (x * _shape.StrideX)) * Input.Pitch);
    }

    /// <summary>Both panels of a pair, for both halves of the pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyPair(Block* block, int pair)
    {
        var left = 2 * pair * TTile.Columns;
        var right = left + TTile.Columns;
        Multiply(block, pair, 0, Operand.FirstHead, _filter.Bias(2 * pair), 0, block->Upper);
        MultiplyAndWrite(block, pair, 1, Operand.FirstTail, block->Upper, second: false, left);
        Multiply(block, pair, 2, Operand.Sum2, block->Upper, TTile.Columns, block->Upper);
        Multiply(block, pair, 3, Operand.Sum3, block->Upper, TTile.Columns, block->Lower);
        Multiply(block, pair, 4, Operand.Sum1, _filter.BiasStep(pair), 0, block->Right);
        for (var tile = 0; tile < block->Tiles; tile++)
        {
            Add(block->Lower + (tile * TileFloats), block->Right + (tile * TileFloats), block->Result);
            Write(block, tile, block->Result, second: true, right, TTile.Columns);
            Add(block->Upper + (tile * TileFloats), block->Right + (tile * TileFloats), block->Upper + (tile * TileFloats));
        }

        MultiplyAndWrite(block, pair, 5, Operand.SecondTail, block->Lower, second: true, left);
        MultiplyAndWrite(block, pair, 6, Operand.Sum4, block->Upper, second: false, right);
    }

    /// <summary>One product of half the depth, for all tiles of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="pair">Pair of panels.</param>
    /// <param name="factor">Which factor of the weights.</param>
    /// <param name="operand">Which rows of the inputs.</param>
    /// <param name="start">What sums begin with: biases, or the sums of all tiles.</param>
    /// <param name="startPitch">0 for biases, else floats in a row of a tile.</param>
    /// <param name="into">Takes the sums of all tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(Block* block, int pair, int factor, int operand, float* start, int startPitch, float* into)
    {
        var tile = Product(block, pair, factor, operand);
        for (var index = 0; index < block->Tiles; index++)
        {
            tile.Start = start + (index * TTile.Rows * startPitch);
            tile.StartPitch = startPitch;
            tile.Sums = into + (index * TileFloats);
            Run(block, &tile, index);
        }
    }

    /// <summary>As <see cref="Multiply"/>, where the sums are outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyAndWrite(Block* block, int pair, int factor, int operand, float* start, bool second, int channel)
    {
        var tile = Product(block, pair, factor, operand);
        for (var index = 0; index < block->Tiles; index++)
        {
            tile.Start = start + (index * TileFloats);
            tile.StartPitch = TTile.Columns;
            tile.Sums = block->Result;
            var left = block->Pairs - (index * TTile.Rows);
            var (image, place) = Math.DivRem(block->FirstPair + (index * TTile.Rows), _pairsInImage);
            var from = second ? place + _pairsInImage : place;
            var pixel = ((nint)image * _pixelsInImage) + from;
            tile.Output = Output.Data + (pixel * Output.Pitch) + channel;
            tile.IsWrittenAtOnce = Addend.Data == null && left >= TTile.Rows && place + TTile.Rows <= _pairsInImage && from + TTile.Rows <= _pixelsInImage;
            Prefetch(tile.Output);
            Run(block, &tile, index);
            if (!tile.IsWrittenAtOnce)
            {
                Write(block, index, block->Result, second, channel, TTile.Columns);
            }
        }
    }

    /// <summary>A panel that has no partner, directly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyRest(Block* block, int panel)
    {
        var number = (2 * _filter.Pairs) + panel;
        var channel = number * TTile.Columns;
        var columns = Math.Min(TTile.Columns, _shape.OutChannels - channel);
        var tile = new TileArguments
        {
            Taps = 1,
            Depth = 2 * _filter.HalfDepth,
            Weights = _filter.RestPanel(panel),
            Start = _filter.Bias(number),
            Sums = block->Result,
        };
        for (var half = 0; half < 2; half++)
        {
            for (var index = 0; index < block->Tiles; index++)
            {
                tile.Rows = block->Rows + ((half == 0 ? Operand.First : Operand.Second) * Slots) + (index * TTile.Rows);
                if (columns <= TLanes.Count)
                {
                    TTile.RunNarrow(&tile);
                }
                else
                {
                    Run(block, &tile, index);
                }

                Write(block, index, block->Result, half == 1, channel, columns);
            }
        }
    }

    private TileArguments Product(Block* block, int pair, int factor, int operand) => new()
    {
        Taps = 1,
        Depth = _filter.HalfDepth,
        Weights = _filter.Factor(pair, factor),
        Rows = block->Rows + (operand * Slots),
        Low = _low,
        High = _high,
        OutputPitch = Output.Pitch,
    };

    /// <summary>Runs a tile of a product whose rows begin with those of tile 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(Block* block, TileArguments* tile, int index)
    {
        if (block->Pairs - (index * TTile.Rows) <= TTile.Rows / 2)
        {
            TTile.RunShort(tile);
        }
        else
        {
            TTile.Run(tile);
        }

        tile->Rows += TTile.Rows;
    }

    /// <summary>Asks for the lines that a tile will write, were it all in one image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prefetch(float* output)
    {
        if (Sse.IsSupported)
        {
            for (var row = 0; row < TTile.Rows; row++)
            {
                Sse.Prefetch0(output);
                Sse.Prefetch0(output + TTile.Columns - 1);
                output += Output.Pitch;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* a, float* b, float* sum)
    {
        for (var i = 0; i < TileFloats; i += TLanes.Count)
        {
            TLanes.Store(sum + i, TLanes.Add(TLanes.Load(a + i), TLanes.Load(b + i)));
        }
    }

    /// <summary>Writes the outputs of a tile that exist, image by image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(Block* block, int index, float* sums, bool second, int channel, int columns)
    {
        var tile = new TileArguments { Low = _low, High = _high, OutputPitch = Output.Pitch, AddendPitch = Addend.Pitch, ValidColumns = columns };
        var rows = Math.Min(TTile.Rows, block->Pairs - (index * TTile.Rows));
        var (image, place) = Math.DivRem(block->FirstPair + (index * TTile.Rows), _pairsInImage);
        for (var row = 0; row < rows; place = 0, image++)
        {
            var count = Math.Min(rows - row, _pairsInImage - place);
            var from = second ? place + _pairsInImage : place;
            var pixel = ((nint)image * _pixelsInImage) + from;
            tile.ValidRows = Math.Min(count, _pixelsInImage - from);
            tile.Sums = sums + (row * TTile.Columns);
            tile.Output = Output.Data + (pixel * Output.Pitch) + channel;
            tile.Addend = Addend.Data == null ? null : Addend.Data + (pixel * Addend.Pitch) + channel;
            TileWriter<TLanes>.Write(&tile);
            row += count;
        }
    }

    /// <summary>The rows that products are made of: heads and tails are halves of the input channels, first and second those of the pixels.</summary>
    private static class Operand
    {
        public const int FirstHead = 0;
        public const int FirstTail = 1;
        public const int SecondTail = 2;
        public const int Sum1 = 3;
        public const int Sum2 = 4;
        public const int Sum3 = 5;
        public const int Sum4 = 6;

        /// <summary>How many of them are copied.</summary>
        public const int Copied = 7;

        /// <summary>All channels of the first pixel, where the map has them.</summary>
        public const int First = 7;

        /// <summary>All channels of the second.</summary>
        public const int Second = 8;

        public const int Count = 9;
    }

    /// <summary>Pairs of pixels that are multiplied with all panels before the next, and the scratch space for it.</summary>
    private struct Block
    {
        public int FirstPair;
        public int Pairs;
        public int Tiles;
        public float* Operands;
        public float** Rows;
        public float* Upper;
        public float* Lower;
        public float* Right;
        public float* Result;
    }
}
