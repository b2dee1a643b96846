using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Depthwise;

/// <summary>
/// Depthwise convolution over NHWC maps; one item of work is one output row. Four neighbouring outputs of two registers of channels are
/// computed at a time, so that eight sums are under way and a weight is read once for four of them.
/// </summary>
/// <remarks>
/// Each output is one chain of multiply-adds that begins with the bias and runs over the taps of the rows inside the map; a tap outside on
/// the left or right reads zeros, which leave a sum as it is (of finite weights). Against the scalar form: |difference| ≤ 2·n·2⁻²⁴·Σ|x·w| for
/// n taps. A multiplier above one, rare and of few channels, is computed a channel at a time.
/// </remarks>
internal sealed unsafe class DepthwiseConvolution<TLanes>(ConvolutionShape shape, DepthwiseFilter filter, float low, float high) : DepthwiseWork
    where TLanes : struct, ILanes<TLanes>
{
    private const int OutputsAtOnce = 4;

    /// <inheritdoc/>
    public override int Items => shape.Batch * shape.OutHeight;

    /// <inheritdoc/>
    public override int ScratchBytes => shape.KernelHeight * Positions * sizeof(float*);

    /// <summary>Columns that the windows of an output row reach, inside the map or outside.</summary>
    private int Positions => ((shape.OutWidth - 1) * shape.StrideX) + ((shape.KernelWidth - 1) * shape.DilationX) + 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var pixels = (float**)scratch;
        var rows = WindowSpan.At(item % shape.OutHeight, shape.StrideY, shape.PadTop, shape.DilationY, shape.KernelHeight, shape.InHeight);
        FindPixels(pixels, item / shape.OutHeight, rows);
        var target = Output.Data + ((nint)item * shape.OutWidth * Output.Pitch);
        var channels = shape.OutChannels;
        if (filter.Multiplier != 1 || channels < 2 * Lanes128.Count || TLanes.Count == 1)
        {
            Channels(pixels, rows, target);
        }
        else if (channels >= 2 * TLanes.Count)
        {
            Row<TLanes>(pixels, rows, target);
        }
        else
        {
            Row<Lanes128>(pixels, rows, target);
        }
    }

    /// <summary>Pointers to the columns that the windows reach, row by row; those outside the map lead to zeros.</summary>
    private void FindPixels(float** pixels, int image, WindowSpan rows)
    {
        nint pitch = Input.Pitch;
        var source = Input.Data + ((nint)image * shape.InHeight * shape.InWidth * pitch);
        for (var ky = rows.First; ky < rows.End; ky++)
        {
            var row = source + ((rows.Start + (ky * shape.DilationY)) * shape.InWidth * pitch);
            for (var position = 0; position < Positions; position++)
            {
                var x = position - shape.PadLeft;
                *pixels++ = (uint)x < (uint)shape.InWidth ? row + (x * pitch) : filter.Zeros;
            }
        }
    }

    /// <summary>A row, four outputs at a time; outputs past the last one repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TWidth>(float** pixels, WindowSpan rows, float* target)
        where TWidth : struct, ILanes<TWidth>
    {
        nint channels = shape.OutChannels;
        nint pitch = Output.Pitch;
        nint stride = shape.StrideX;
        nint dilation = shape.DilationX;
        nint positions = Positions;
        nint last = shape.OutWidth - 1;
        nint second = TWidth.Count;
        var reach = shape.KernelWidth * dilation;
        var weights = filter.Weights + ((nint)rows.First * shape.KernelWidth * channels);
        var rowsEnd = pixels + ((rows.End - rows.First) * positions);
        var lowest = TWidth.Broadcast(low);
        var highest = TWidth.Broadcast(high);
        for (nint x = 0; x <= last; x += OutputsAtOnce)
        {
            var (x1, x2, x3) = (Math.Min(x + 1, last), Math.Min(x + 2, last), Math.Min(x + 3, last));
            var (step1, step2, step3) = ((x1 - x) * stride, (x2 - x) * stride, (x3 - x) * stride);
            for (nint start = 0; start < channels; start += 2 * second)
            {
                // The last strip is moved back to end with the last channel; what it does again comes out the same.
                var channel = Math.Min(start, channels - (2 * second));
                var bias0 = TWidth.Load(filter.Bias + channel);
                var bias1 = TWidth.Load(filter.Bias + channel + second);
                TWidth s00 = bias0, s01 = bias1, s10 = bias0, s11 = bias1, s20 = bias0, s21 = bias1, s30 = bias0, s31 = bias1;
                var weight = weights + channel;
                for (var row = pixels; row < rowsEnd; row += positions)
                {
                    var first = row + (x * stride);
                    for (var tap = first; tap < first + reach; tap += dilation)
                    {
                        var weight0 = TWidth.Load(weight);
                        var weight1 = TWidth.Load(weight + second);
                        weight += channels;
                        var from = tap[0] + channel;
                        s00 = TWidth.MultiplyAdd(TWidth.Load(from), weight0, s00);
                        s01 = TWidth.MultiplyAdd(TWidth.Load(from + second), weight1, s01);
                        from = tap[step1] + channel;
                        s10 = TWidth.MultiplyAdd(TWidth.Load(from), weight0, s10);
                        s11 = TWidth.MultiplyAdd(TWidth.Load(from + second), weight1, s11);
                        from = tap[step2] + channel;
                        s20 = TWidth.MultiplyAdd(TWidth.Load(from), weight0, s20);
                        s21 = TWidth.MultiplyAdd(TWidth.Load(from + second), weight1, s21);
                        from = tap[step3] + channel;
                        s30 = TWidth.MultiplyAdd(TWidth.Load(from), weight0, s30);
                        s31 = TWidth.MultiplyAdd(TWidth.Load(from + second), weight1, s31);
                    }
                }

                var to = target + (x * pitch) + channel;
                TWidth.Store(to, TWidth.Min(highest, TWidth.Max(lowest, s00)));
                TWidth.Store(to + second, TWidth.Min(highest, TWidth.Max(lowest, s01)));
                to = target + (x1 * pitch) + channel;
                TWidth.Store(to, TWidth.Min(highest, TWidth.Max(lowest, s10)));
                TWidth.Store(to + second, TWidth.Min(highest, TWidth.Max(lowest, s11)));
                to = target + (x2 * pitch) + channel;
                TWidth.Store(to, TWidth.Min(highest, TWidth.Max(lowest, s20)));
                TWidth.Store(to + second, TWidth.Min(highest, TWidth.Max(lowest, s21)));
                to = target + (x3 * pitch) + channel;
                TWidth.Store(to, TWidth.Min(highest, TWidth.Max(lowest, s30)));
                TWidth.Store(to + second, TWidth.Min(highest, TWidth.Max(lowest, s31)));
            }
        }
    }

    /// <summary>A row, one channel at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Channels(float** pixels, WindowSpan rows, float* target)
    {
        for (var x = 0; x < shape.OutWidth; x++)
        {
            for (var channel = 0; channel < shape.OutChannels; channel++)
            {
                var sum = ScalarLanes.Load(filter.Bias + channel);
                for (var ky = rows.First; ky < rows.End; ky++)
                {
                    var row = pixels + ((ky - rows.First) * Positions) + (x * shape.StrideX);
                    for (var kx = 0; kx < shape.KernelWidth; kx++)
                    {
                        var weight = filter.Weights + ((((nint)ky * shape.KernelWidth) + kx) * shape.OutChannels) + channel;
                        sum = ScalarLanes.MultiplyAdd(ScalarLanes.Load(row[kx * shape.DilationX] + (channel / filter.Multiplier)), ScalarLanes.Load(weight), sum);
                    }
                }

                ScalarLanes.Store(
                    target + (x * (nint)Output.Pitch) + channel,
                    ScalarLanes.Min(ScalarLanes.Broadcast(high), ScalarLanes.Max(ScalarLanes.Broadcast(low), sum)));
            }
        }
    }
}
