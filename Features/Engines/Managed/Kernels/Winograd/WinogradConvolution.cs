using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Winograd;

/// <summary>
/// Convolution with stride 1 by Toom–Cook schemes in one or two dimensions. Every image is cut into tiles of outputs; a block of tiles is
/// transformed, multiplied point by point with the weights (a matrix product over channels at each point), and transformed back.
/// </summary>
/// <remarks>
/// Tiles lie on a grid of their image, and an output is a function of its tile alone, with every sum in one fixed order: it depends on
/// neither batch, threads nor blocks. With C input channels, |difference| ≤ (C + 24)·2⁻²⁴·|Aᵀ| Σ (|G||w| ⊙ |Bᵀ||x|): the roundings of the
/// sum over channels, of both transforms and of the weights, as the schemes amplify them. An input that is infinite or not a number spoils
/// its whole tile rather than the windows that hold it.
/// </remarks>
internal sealed unsafe class WinogradConvolution<TTile, TLanes, TRows, TColumns> : ConvolutionWork
    where TTile : struct, IConvolutionTile
    where TLanes : struct, ILanes<TLanes>
    where TRows : struct, IToomCook
    where TColumns : struct, IToomCook
{
    /// <summary>Bytes of transformed inputs in a block: what a common second-level cache keeps beside the panel and its sums.</summary>
    private const int BlockBytes = 288 * 1024;

    private const int MostGroups = 12;

    /// <summary>Floats between the inputs of one point and of the next, lest all points fall into the same lines of the cache.</summary>
    private const int PointGap = 16;

    private const int LineFloats = 16;

    private readonly ConvolutionShape _shape;
    private readonly WinogradFilter _filter;
    private readonly float _low;
    private readonly float _high;
    private readonly int _tilesAcross;
    private readonly int _tilesInImage;
    private readonly int _tiles;
    private readonly int _tilesInBlock;
    private readonly ItemGrid _grid;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">Geometry: strides and dilations 1, the window that of the schemes.</param>
    /// <param name="filter">Transformed weights.</param>
    /// <param name="low">Lower limit of results.</param>
    /// <param name="high">Upper limit of results.</param>
    /// <param name="threads">Threads that will share the work; decides how it is cut, not what comes out.</param>
    public WinogradConvolution(ConvolutionShape shape, WinogradFilter filter, float low, float high, int threads)
    {
        _shape = shape;
        _filter = filter;
        _low = low;
        _high = high;
        _tilesAcross = (shape.OutWidth + TColumns.Outputs - 1) / TColumns.Outputs;
        _tilesInImage = (shape.OutHeight + TRows.Outputs - 1) / TRows.Outputs * _tilesAcross;
        _tiles = shape.Batch * _tilesInImage;
        var groups = (_tiles + TTile.Rows - 1) / TTile.Rows;
        var groupBytes = (long)Points * TTile.Rows * shape.InChannels * sizeof(float);
        _grid = new ItemGrid(groups, (int)Math.Clamp(BlockBytes / groupBytes, 1, MostGroups), filter.Panels, threads);
        _tilesInBlock = _grid.TilesInBlock * TTile.Rows;
    }

    /// <inheritdoc/>
    public override string Name => TRows.Taps == 1 ? $"winograd F({TColumns.Outputs},{TColumns.Taps})"
        : TColumns.Taps == 1 ? $"winograd F({TRows.Outputs},{TRows.Taps})"
        : $"winograd F({TRows.Outputs}×{TColumns.Outputs},{TRows.Taps}×{TColumns.Taps})";

    /// <inheritdoc/>
    public override double ComputedOperations => 2.0 * _tiles * Points * _shape.InChannels * _shape.OutChannels;

    /// <inheritdoc/>
    public override long WeightBytes => _filter.Bytes;

    /// <inheritdoc/>
    public override int Items => _grid.Items;

    /// <inheritdoc/>
    public override int ScratchBytes =>
        (((InputStep + SumsStep) * Points) + (Points * TLanes.Count) + OutputFloats + (TRows.Outputs * TColumns.Points * TLanes.Count)) * sizeof(float)
        + ((Points + TTile.Rows) * sizeof(float*));

    private static int Points => TRows.Points * TColumns.Points;

    private static int OutputFloats => TRows.Outputs * TColumns.Outputs * TTile.Columns;

    private int InputStep => (_tilesInBlock * _shape.InChannels) + PointGap;

    private int SumsStep => _tilesInBlock * TTile.Columns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var first = _grid.FirstTile(item) * TTile.Rows;
        var tiles = Math.Min(_tilesInBlock, _tiles - first);
        var pixels = (float**)scratch;
        var rows = pixels + Points;
        var inputs = (float*)(rows + TTile.Rows);
        var sums = inputs + (InputStep * Points);
        var between = sums + (SumsStep * Points);
        var outputs = between + (Points * TLanes.Count);
        var channels = _shape.InChannels;
        var whole = channels - (channels % TLanes.Count);
        for (var tile = 0; tile < tiles; tile++)
        {
            FindPixels(pixels, first + tile);
            var target = inputs + (tile * channels);
            TransformInput<TLanes>(pixels, 0, whole, between, target);
            if (whole < channels)
            {
                TransformInput<ScalarLanes>(pixels, whole, channels, between, target);
            }
        }

        var firstPanel = _grid.FirstPanel(item);
        var endPanel = _grid.EndPanel(item);
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            Multiply(panel, tiles, inputs, rows, sums);
            for (var tile = 0; tile < tiles; tile++)
            {
                TransformOutput(sums + (tile * TTile.Columns), _filter.Bias(panel), between, outputs);
                Write(first + tile, panel, outputs);
            }
        }
    }

    /// <summary>The matrix product at every point, for one panel. Rows past the last tile repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(int panel, int tiles, float* inputs, float** rows, float* sums)
    {
        var channels = _shape.InChannels;
        var tile = new TileArguments { Taps = 1, Depth = channels, Start = _filter.Zeros, Rows = rows };
        var groups = (tiles + TTile.Rows - 1) / TTile.Rows;
        var share = ((channels * TTile.Columns / groups) + LineFloats - 1) & -LineFloats;
        for (var point = 0; point < Points; point++)
        {
            tile.Weights = _filter.Panel(panel, point);
            var ahead = tile.Weights + (channels * TTile.Columns);
            tile.Sums = sums + (point * SumsStep);
            var input = inputs + (point * InputStep);
            for (var start = 0; start < tiles; start += TTile.Rows)
            {
                for (var row = 0; row < TTile.Rows; row++)
                {
                    rows[row] = input + (Math.Min(start + row, tiles - 1) * channels);
                }

                if (Sse.IsSupported)
                {
                    // The next point's weights come from far away and in pieces too short for the processor to foresee.
                    for (var end = ahead + share; ahead < end; ahead += LineFloats)
                    {
                        Sse.Prefetch1(ahead);
                    }
                }

                TTile.Run(&tile);
                tile.Sums += TTile.Rows * TTile.Columns;
            }
        }
    }

    /// <summary>Pointers to the inputs of a tile, column by column where there are two dimensions; those outside the map lead to zeros.</summary>
    private void FindPixels(float** pixels, int tile)
    {
        var (image, place) = Math.DivRem(tile, _tilesInImage);
        var top = (place / _tilesAcross * TRows.Outputs) - _shape.PadTop;
        var left = (place % _tilesAcross * TColumns.Outputs) - _shape.PadLeft;
        nint pitch = Input.Pitch;
        var rowPitch = _shape.InWidth * pitch;
        var source = Input.Data + (image * _shape.InHeight * rowPitch);
        for (var x = left; x < left + TColumns.Points; x++)
        {
            for (var y = top; y < top + TRows.Points; y++)
            {
                var inside = (uint)x < (uint)_shape.InWidth && (uint)y < (uint)_shape.InHeight;
                *pixels++ = inside ? source + (y * rowPitch) + (x * pitch) : _filter.Zeros;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformInput<T>(float** pixels, int channel, int end, float* between, float* target)
        where T : struct, ILanes<T>
    {
        nint step = InputStep;
        for (; channel < end; channel += T.Count)
        {
            if (TRows.Points == 1)
            {
                TColumns.Input<T, ScatteredSource<T>>(new ScatteredSource<T>(pixels, channel), target + channel, step);
            }
            else if (TColumns.Points == 1)
            {
                TRows.Input<T, ScatteredSource<T>>(new ScatteredSource<T>(pixels, channel), target + channel, step);
            }
            else
            {
                for (nint x = 0; x < TColumns.Points; x++)
                {
                    TRows.Input<T, ScatteredSource<T>>(new ScatteredSource<T>(pixels + (x * TRows.Points), channel), between + (x * T.Count), TColumns.Points * T.Count);
                }

                for (nint y = 0; y < TRows.Points; y++)
                {
                    var line = new SteppedSource<T>(between + (y * TColumns.Points * T.Count), T.Count);
                    TColumns.Input<T, SteppedSource<T>>(line, target + channel + (y * TColumns.Points * step), step);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TransformOutput(float* sums, float* bias, float* between, float* outputs)
    {
        nint step = SumsStep;
        nint width = TLanes.Count;
        for (nint column = 0; column < TTile.Columns; column += width)
        {
            var addend = TLanes.Load(bias + column);
            if (TRows.Points == 1)
            {
                TColumns.Output(new SteppedSource<TLanes>(sums + column, step), addend, outputs + column, TTile.Columns);
            }
            else if (TColumns.Points == 1)
            {
                TRows.Output(new SteppedSource<TLanes>(sums + column, step), addend, outputs + column, TTile.Columns);
            }
            else
            {
                for (nint x = 0; x < TColumns.Points; x++)
                {
                    var line = new SteppedSource<TLanes>(sums + column + (x * step), TColumns.Points * step);
                    TRows.Output(line, TLanes.Broadcast(0), between + (x * width), TColumns.Points * width);
                }

                for (nint y = 0; y < TRows.Outputs; y++)
                {
                    var line = new SteppedSource<TLanes>(between + (y * TColumns.Points * width), width);
                    TColumns.Output(line, addend, outputs + column + (y * TColumns.Outputs * TTile.Columns), TTile.Columns);
                }
            }
        }
    }

    /// <summary>Writes the outputs of a tile that exist.</summary>
    private void Write(int index, int panel, float* outputs)
    {
        var channel = panel * TTile.Columns;
        var (image, place) = Math.DivRem(index, _tilesInImage);
        var top = place / _tilesAcross * TRows.Outputs;
        var left = place % _tilesAcross * TColumns.Outputs;
        var tile = new TileArguments
        {
            Low = _low,
            High = _high,
            OutputPitch = Output.Pitch,
            AddendPitch = Addend.Pitch,
            ValidRows = Math.Min(TColumns.Outputs, _shape.OutWidth - left),
            ValidColumns = Math.Min(TTile.Columns, _filter.OutChannels - channel),
        };
        for (var y = 0; y < Math.Min(TRows.Outputs, _shape.OutHeight - top); y++)
        {
            nint pixel = (((image * _shape.OutHeight) + top + y) * _shape.OutWidth) + left;
            tile.Sums = outputs + (y * TColumns.Outputs * TTile.Columns);
            tile.Output = Output.Data + (pixel * Output.Pitch) + channel;
            tile.Addend = Addend.Data == null ? null : Addend.Data + (pixel * Addend.Pitch) + channel;
            TileWriter<TLanes>.Write(&tile);
        }
    }
}
