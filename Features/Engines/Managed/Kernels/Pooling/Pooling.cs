using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;

namespace MlTransfer.Features.Engines.Managed.Kernels.Pooling;

/// <summary>Pooling over NHWC maps, a register of channels at a time; one item of work is one output row.</summary>
/// <remarks>The same additions in the same order at every width: all widths agree bit for bit. Padding contributes nothing, as in TensorFlow.</remarks>
internal sealed unsafe class Pooling<TLanes>(ConvolutionShape shape, bool average) : PoolingWork
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
        var rows = WindowSpan.At(item % shape.OutHeight, shape.StrideY, shape.PadTop, 1, shape.KernelHeight, shape.InHeight);
        var source = Input.Data + ((((nint)image * shape.InHeight) + rows.Start + rows.First) * shape.InWidth * pitch);
        var target = Output.Data + ((nint)item * shape.OutWidth * Output.Pitch);
        for (var x = 0; x < shape.OutWidth; x++)
        {
            var columns = WindowSpan.At(x, shape.StrideX, shape.PadLeft, 1, shape.KernelWidth, shape.InWidth);
            var from = source + ((columns.Start + columns.First) * pitch);
            var (height, width) = (rows.End - rows.First, columns.End - columns.First);
            var channel = 0;
            for (; channel + TLanes.Count <= shape.OutChannels; channel += TLanes.Count)
            {
                Pixel<TLanes>(from + channel, height, width, target + channel);
            }

            for (; channel < shape.OutChannels; channel++)
            {
                Pixel<ScalarLanes>(from + channel, height, width, target + channel);
            }

            target += Output.Pitch;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pixel<TWidth>(float* source, int height, int width, float* target)
        where TWidth : struct, ILanes<TWidth>
    {
        nint pitch = Input.Pitch;
        var rowPitch = shape.InWidth * pitch;
        if (average)
        {
            var sum = TWidth.Broadcast(0);
            for (var ky = 0; ky < height; ky++)
            {
                var from = source + (ky * rowPitch);
                for (var kx = 0; kx < width; kx++)
                {
                    sum = TWidth.Add(sum, TWidth.Load(from));
                    from += pitch;
                }
            }

            TWidth.Store(target, TWidth.Divide(sum, TWidth.Broadcast(height * width)));
            return;
        }

        var largest = TWidth.Broadcast(float.NegativeInfinity);
        for (var ky = 0; ky < height; ky++)
        {
            var from = source + (ky * rowPitch);
            for (var kx = 0; kx < width; kx++)
            {
                largest = TWidth.Max(largest, TWidth.Load(from));
                from += pitch;
            }
        }

        TWidth.Store(target, largest);
    }
}
