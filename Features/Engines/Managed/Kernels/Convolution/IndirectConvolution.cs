using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>
/// Convolution over NHWC maps as a matrix product whose rows are found through pointers, one for each output pixel and tap, so that the input
/// is never rearranged: a tap outside the map points at zeros. Any kernel size, stride, dilation and padding.
/// </summary>
/// <remarks>Source of the idea: M. Dukhan, "The Indirect Convolution Algorithm", 2019 (arXiv:1907.02129); here the pointers are made block by block.</remarks>
internal sealed unsafe class IndirectConvolution<TTile, TLanes> : ConvolutionWork
    where TTile : struct, IConvolutionTile
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Bytes of input that a block of pixels should stay within: half of a common second-level cache, the panel takes the rest.</summary>
    private const int BlockBytes = 128 * 1024;

    private const int LineFloats = 16;

    private const int MostTilesInBlock = 16;

    private readonly ConvolutionShape _shape;
    private readonly PackedFilter _filter;
    private readonly float* _zeros;
    private readonly float _low;
    private readonly float _high;
    private readonly ItemGrid _grid;
    private readonly bool _mayMerge;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Weights packed for this tile.</param>
    /// <param name="zeros">At least as many zeros as there are input channels; outlives this.</param>
    /// <param name="low">Lower limit of results.</param>
    /// <param name="high">Upper limit of results.</param>
    /// <param name="threads">Threads that will share the work; decides how it is cut, not what comes out.</param>
    public IndirectConvolution(ConvolutionShape shape, PackedFilter filter, float* zeros, float low, float high, int threads)
    {
        _shape = shape;
        _filter = filter;
        _zeros = zeros;
        _low = low;
        _high = high;
        _mayMerge = shape.StaysInsideRows && (shape.DilationX == 1 || shape.KernelWidth == 1);
        var tiles = Math.Max(1, (shape.OutPixels + TTile.Rows - 1) / TTile.Rows);
        var tileBytes = (long)TTile.Rows * shape.StrideX * shape.InChannels * shape.KernelHeight * sizeof(float);
        _grid = new ItemGrid(tiles, (int)Math.Clamp(BlockBytes / Math.Max(tileBytes, 1), 2, MostTilesInBlock), filter.Panels, threads);
    }

    /// <inheritdoc/>
    public override string Name => $"indirect {TTile.Rows}×{TTile.Columns}";

    /// <inheritdoc/>
    public override double ComputedOperations => 2.0 * _shape.OutPixels * _shape.Products * _shape.OutChannels;

    /// <inheritdoc/>
    public override long WeightBytes => _filter.Bytes;

    /// <inheritdoc/>
    public override int Items => _shape.OutPixels == 0 ? 0 : _grid.Items;

    /// <inheritdoc/>
    public override int ScratchBytes => SumsBytes + (_grid.TilesInBlock * TTile.Rows * _shape.KernelHeight * _shape.KernelWidth * sizeof(float*));

    private static int SumsBytes => TTile.Rows * TTile.Columns * sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var merge = _mayMerge && (Input.Pitch == _shape.InChannels || _shape.KernelWidth == 1);
        var windowWidth = merge ? 1 : _shape.KernelWidth;
        var taps = _shape.KernelHeight * windowWidth;
        var firstPixel = _grid.FirstTile(item) * TTile.Rows;
        var pixels = Math.Min(_grid.TilesInBlock * TTile.Rows, _shape.OutPixels - firstPixel);
        var tiles = (pixels + TTile.Rows - 1) / TTile.Rows;
        var rows = (float**)((byte*)scratch + SumsBytes);
        FindRows(rows, firstPixel, pixels, tiles * TTile.Rows, windowWidth);

        var firstPanel = _grid.FirstPanel(item);
        var endPanel = _grid.EndPanel(item);
        var tile = new TileArguments
        {
            Taps = taps,
            Depth = merge ? _shape.KernelWidth * _shape.InChannels : _shape.InChannels,
            Sums = (float*)scratch,
            Low = _low,
            High = _high,
            OutputPitch = Output.Pitch,
            AddendPitch = Addend.Pitch,
        };
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            var channel = panel * TTile.Columns;
            tile.Weights = _filter.Panel(panel);
            tile.Start = _filter.Bias(panel);
            tile.ValidColumns = Math.Min(TTile.Columns, _filter.OutChannels - channel);
            var narrow = tile.ValidColumns <= TLanes.Count;

            // In the first pass over the pixels they come from far away, in pieces too short for the processor to foresee.
            var inputIsFar = panel == firstPanel && taps == 1;
            for (var index = 0; index < tiles; index++)
            {
                var pixel = firstPixel + (index * TTile.Rows);
                tile.Rows = rows + ((nint)index * taps * TTile.Rows);
                tile.ValidRows = Math.Min(TTile.Rows, _shape.OutPixels - pixel);
                tile.Output = Output.Data + ((nint)pixel * Output.Pitch) + channel;
                tile.Addend = Addend.Data == null ? null : Addend.Data + ((nint)pixel * Addend.Pitch) + channel;
                if (Sse.IsSupported && index + 1 < tiles)
                {
                    if (inputIsFar)
                    {
                        PrefetchInput(tile.Rows + (taps * TTile.Rows), tile.Depth);
                    }

                    PrefetchOutput(tile.Output + (TTile.Rows * tile.OutputPitch), tile.OutputPitch);
                }

                tile.IsWrittenAtOnce = tile.ValidRows == TTile.Rows && tile.ValidColumns == TTile.Columns && tile.Addend == null;
                if (tile.IsWrittenAtOnce)
                {
                    TTile.Run(&tile);
                    continue;
                }

                if (narrow)
                {
                    TTile.RunNarrow(&tile);
                }
                else if (taps == 1 && tile.ValidRows <= TTile.Rows / 2)
                {
                    TTile.RunShort(&tile);
                }
                else
                {
                    TTile.Run(&tile);
                }

                TileWriter<TLanes>.Write(&tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PrefetchInput(float** rows, int depth)
    {
        for (var row = 0; row < TTile.Rows; row++)
        {
            for (var from = rows[row]; from < rows[row] + depth; from += LineFloats)
            {
                Sse.Prefetch1(from);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PrefetchOutput(float* output, nint pitch)
    {
        for (var row = 0; row < TTile.Rows; row++)
        {
            Sse.Prefetch0(output);
            Sse.Prefetch0(output + TTile.Columns - 1);
            output += pitch;
        }
    }

    /// <summary>Fills in the pointers of a block of output pixels: by tile, by tap, by pixel. Rows past the last pixel repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindRows(float** rows, int firstPixel, int pixels, int slots, int windowWidth)
    {
        var shape = _shape;
        nint pitch = Input.Pitch;
        var rowPitch = shape.InWidth * pitch;
        var tapStep = TTile.Rows;
        var tileStep = shape.KernelHeight * windowWidth * TTile.Rows;
        if (shape.IsPointwise)
        {
            // Every output pixel reads the input pixel of the same number.
            for (var slot = 0; slot < slots; slot++)
            {
                rows[slot] = Input.Data + ((firstPixel + Math.Min(slot, pixels - 1)) * pitch);
            }

            return;
        }

        var mapPixels = shape.OutHeight * shape.OutWidth;
        var image = firstPixel / mapPixels;
        var y = firstPixel % mapPixels / shape.OutWidth;
        var x = firstPixel % shape.OutWidth;
        for (var slot = 0; slot < slots; slot++)
        {
            var target = rows + (slot / TTile.Rows * tileStep) + (slot % TTile.Rows);
            var top = (y * shape.StrideY) - shape.PadTop;
            var left = (x * shape.StrideX) - shape.PadLeft;
            var source = Input.Data + (((nint)image * shape.InHeight) * rowPitch);
            for (var ky = 0; ky < shape.KernelHeight; ky++)
            {
                var inY = top + (ky * shape.DilationY);
                var row = source + (inY * rowPitch);
                var inside = (uint)inY < (uint)shape.InHeight;
                for (var kx = 0; kx < windowWidth; kx++)
                {
                    var inX = left + (kx * shape.DilationX);
                    *target = inside && (uint)inX < (uint)shape.InWidth ? row + (inX * pitch) : _zeros;
                    target += tapStep;
                }
            }

            if (slot < pixels - 1 && ++x == shape.OutWidth)
            {
                x = 0;
                if (++y == shape.OutHeight)
                {
                    y = 0;
                    image++;
                }
            }
        }
    }
}
