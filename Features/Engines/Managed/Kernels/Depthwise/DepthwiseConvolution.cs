using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Depthwise;

/// <summary>Depthwise convolution over NHWC maps, a register of channels at a time; one item of work is one output row.</summary>
/// <remarks>
/// Each output is one chain of multiply-adds that begins with the bias and runs over the taps inside the map. Against the scalar form:
/// |difference| ≤ 2·n·2⁻²⁴·Σ|x·w| for n taps. A multiplier above one, rare and of few channels, is computed a channel at a time.
/// </remarks>
internal sealed unsafe class DepthwiseConvolution<TLanes>(ConvolutionShape shape, DepthwiseFilter filter, float low, float high) : DepthwiseWork
    where TLanes : struct, ILanes<TLanes>
{
    /// <inheritdoc/>
    public override int Items => shape.Batch * shape.OutHeight;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        nint pitch = Input.Pitch;
        var image = item / shape.OutHeight;
        var rows = WindowSpan.At(item % shape.OutHeight, shape.StrideY, shape.PadTop, shape.DilationY, shape.KernelHeight, shape.InHeight);
        var source = Input.Data + ((nint)image * shape.InHeight * shape.InWidth * pitch);
        var target = Output.Data + ((nint)item * shape.OutWidth * Output.Pitch);
        for (var x = 0; x < shape.OutWidth; x++)
        {
            var columns = WindowSpan.At(x, shape.StrideX, shape.PadLeft, shape.DilationX, shape.KernelWidth, shape.InWidth);
            var channel = 0;
            if (filter.Multiplier == 1)
            {
                for (; channel + TLanes.Count <= shape.OutChannels; channel += TLanes.Count)
                {
                    Pixel<TLanes>(source + channel, rows, columns, channel, target);
                }
            }

            for (; channel < shape.OutChannels; channel++)
            {
                Pixel<ScalarLanes>(source + (channel / filter.Multiplier), rows, columns, channel, target);
            }

            target += Output.Pitch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pixel<TWidth>(float* source, WindowSpan rows, WindowSpan columns, int channel, float* target)
        where TWidth : struct, ILanes<TWidth>
    {
        nint pitch = Input.Pitch;
        var rowPitch = shape.InWidth * pitch;
        var step = shape.DilationX * pitch;
        var channels = shape.OutChannels;
        var sum = TWidth.Load(filter.Bias + channel);
        for (var ky = rows.First; ky < rows.End; ky++)
        {
            var from = source + ((rows.Start + (ky * shape.DilationY)) * rowPitch) + (columns.Start * pitch) + (columns.First * step);
            var weight = filter.Weights + (((nint)ky * shape.KernelWidth) + columns.First) * channels + channel;
            for (var kx = columns.First; kx < columns.End; kx++)
            {
                sum = TWidth.MultiplyAdd(TWidth.Load(from), TWidth.Load(weight), sum);
                from += step;
                weight += channels;
            }
        }

        TWidth.Store(target + channel, TWidth.Min(TWidth.Broadcast(high), TWidth.Max(TWidth.Broadcast(low), sum)));
    }
}
