using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;

namespace MlTransfer.Features.Engines.Managed.Kernels.Quantized;

/// <summary>Convolution over NHWC maps with products of bytes: the window of each output pixel is turned into bytes, multiplied in integers, and turned back.</summary>
/// <remarks>
/// For weights w with step v (|w − v·q| ≤ v/2, v = max|w| / 127) and values x with step s of their pixel (s = (max x − min x) / 127):
/// |difference| ≤ Σ(|x|·v/2 + |w|·s/2 + v·s/4), some roundings apart. An output depends on its window alone: neither batch nor threads change it.
/// </remarks>
internal sealed unsafe class QuantizedConvolution<TTile> : ConvolutionWork
    where TTile : struct, IQuantizedTile
{
    /// <summary>Bytes of a block of pixels: what a second-level cache keeps beside a panel.</summary>
    private const int BlockBytes = 128 * 1024;

    private const int MostTilesInBlock = 16;

    private readonly ConvolutionShape _shape;
    private readonly QuantizedFilter _filter;
    private readonly float* _zeros;
    private readonly float _low;
    private readonly float _high;
    private readonly ItemGrid _grid;
    private readonly bool _isPointwise;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">Geometry.</param>
    /// <param name="filter">Quantised weights.</param>
    /// <param name="zeros">At least as many zeros as there are input channels; outlives this.</param>
    /// <param name="low">Lower limit of results.</param>
    /// <param name="high">Upper limit of results.</param>
    /// <param name="threads">Threads that will share the work; decides how it is cut, not what comes out.</param>
    public QuantizedConvolution(ConvolutionShape shape, QuantizedFilter filter, float* zeros, float low, float high, int threads)
    {
        _shape = shape;
        _filter = filter;
        _zeros = zeros;
        _low = low;
        _high = high;
        _isPointwise = shape.IsPointwise;
        var tiles = Math.Max(1, (shape.OutPixels + TTile.Rows - 1) / TTile.Rows);
        _grid = new ItemGrid(tiles, Math.Clamp(BlockBytes / (TTile.Rows * Pitch), 1, MostTilesInBlock), filter.Panels, threads);
    }

    /// <inheritdoc/>
    public override string Name => $"int8 {TTile.Rows}×{TTile.Columns}";

    /// <inheritdoc/>
    public override double ComputedOperations => 2.0 * _shape.OutPixels * _shape.Products * _shape.OutChannels;

    /// <inheritdoc/>
    public override long WeightBytes => _filter.Bytes;

    /// <inheritdoc/>
    public override int Items => _shape.OutPixels == 0 ? 0 : _grid.Items;

    /// <inheritdoc/>
    public override int ScratchBytes => (TTile.Rows * TTile.Columns * sizeof(int)) + (PixelsInBlock * ((2 * sizeof(float)) + Pitch));

    private int Pitch => _filter.Groups * QuantizedFilter.Group;

    private int PixelsInBlock => _grid.TilesInBlock * TTile.Rows;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var sums = (int*)scratch;
        var steps = (float*)(sums + (TTile.Rows * TTile.Columns));
        var lowest = steps + PixelsInBlock;
        var bytes = (byte*)(lowest + PixelsInBlock);
        var firstPixel = _grid.FirstTile(item) * TTile.Rows;
        var pixels = Math.Min(PixelsInBlock, _shape.OutPixels - firstPixel);
        for (var i = 0; i < pixels; i++)
        {
            (steps[i], lowest[i]) = Quantize(firstPixel + i, bytes + ((nint)i * Pitch));
        }

        var firstPanel = _grid.FirstPanel(item);
        var endPanel = _grid.EndPanel(item);
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            for (var first = 0; first < pixels; first += TTile.Rows)
            {
                TTile.Run(bytes + ((nint)first * Pitch), Pitch, _filter.Panel(panel), _filter.Groups, sums);
                var rows = Math.Min(TTile.Rows, pixels - first);
                for (var row = 0; row < rows; row++)
                {
                    Write(panel, firstPixel + first + row, steps[first + row], lowest[first + row], sums + (row * TTile.Columns));
                }
            }
        }
    }

    /// <summary>Turns the window of an output pixel into bytes; gives their step and what 0 stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Step, float Lowest) Quantize(int pixel, byte* bytes)
    {
        var channels = _shape.InChannels;
        var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var tap = 0; tap < _shape.KernelHeight * _shape.KernelWidth; tap++)
        {
            PixelQuantizer.Extend(Find(pixel, tap), channels, ref lowest, ref highest);
        }

        var perUnit = highest > lowest ? PixelQuantizer.Highest / (highest - lowest) : 0;
        for (var tap = 0; tap < _shape.KernelHeight * _shape.KernelWidth; tap++)
        {
            PixelQuantizer.Write(Find(pixel, tap), channels, lowest, perUnit, bytes + (tap * channels));
        }

        // Products past the last one have weights of 0.
        new Span<byte>(bytes + _filter.Products, Pitch - _filter.Products).Clear();
        return ((highest - lowest) / PixelQuantizer.Highest, lowest);
    }

    /// <summary>The input pixel under a tap, or zeros outside the map.</summary>
    private float* Find(int pixel, int tap)
    {
        if (_isPointwise)
        {
            return Input.Data + ((nint)pixel * Input.Pitch);
        }

        var (image, place) = Math.DivRem(pixel, _shape.OutHeight * _shape.OutWidth);
        var (outY, outX) = Math.DivRem(place, _shape.OutWidth);
        var (ky, kx) = Math.DivRem(tap, _shape.KernelWidth);
        var y = (outY * _shape.StrideY) - _shape.PadTop + (ky * _shape.DilationY);
        var x = (outX * _shape.StrideX) - _shape.PadLeft + (kx * _shape.DilationX);
        var inside = (uint)y < (uint)_shape.InHeight && (uint)x < (uint)_shape.InWidth;
        return inside ? Input.Data + (((((nint)image * _shape.InHeight) + y) * _shape.InWidth + x) * Input.Pitch) : _zeros;
    }

    /// <summary>Turns a pixel's sums into what they stand for, adds bias and addend, limits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(int panel, int pixel, float step, float lowest, int* sums)
    {
        var channel = panel * TTile.Columns;
        var columns = Math.Min(TTile.Columns, _filter.OutChannels - channel);
        var output = Output.Data + ((nint)pixel * Output.Pitch) + channel;
        var addend = Addend.Data == null ? null : Addend.Data + ((nint)pixel * Addend.Pitch) + channel;
        var weightSteps = _filter.Steps(panel);
        var weightSums = _filter.Sums(panel);
        var bias = _filter.Bias(panel);
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + Vector512<float>.Count <= columns; i += Vector512<float>.Count)
            {
                var value = Vector512.ConvertToSingle(Vector512.Load(sums + i)) * (Vector512.Load(weightSteps + i) * step);
                value = value + (Vector512.Load(weightSums + i) * lowest) + Vector512.Load(bias + i);
                if (addend != null)
                {
                    value += Vector512.Load(addend + i);
                }

                Vector512.MinNative(Vector512.Create(_high), Vector512.MaxNative(Vector512.Create(_low), value)).Store(output + i);
            }
        }

        for (; i + Vector256<float>.Count <= columns; i += Vector256<float>.Count)
        {
            var value = Vector256.ConvertToSingle(Vector256.Load(sums + i)) * (Vector256.Load(weightSteps + i) * step);
            value = value + (Vector256.Load(weightSums + i) * lowest) + Vector256.Load(bias + i);
            if (addend != null)
            {
                value += Vector256.Load(addend + i);
            }

            Vector256.MinNative(Vector256.Create(_high), Vector256.MaxNative(Vector256.Create(_low), value)).Store(output + i);
        }

        for (; i < columns; i++)
        {
            var value = sums[i] * (weightSteps[i] * step);
            value = value + (weightSums[i] * lowest) + bias[i];
            if (addend != null)
            {
                value += addend[i];
            }

            output[i] = Math.Min(_high, Math.Max(_low, value));
        }
    }
}
