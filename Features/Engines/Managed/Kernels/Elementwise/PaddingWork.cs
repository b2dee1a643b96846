using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Elementwise;

/// <summary>Copies maps into larger ones whose border is zero; one item of work is one output row. A copy: exact.</summary>
internal sealed unsafe class PaddingWork(ConvolutionShape shape) : ParallelWork
{
    /// <summary>The input map.</summary>
    public MapView Input { get; set; }

    /// <summary>The output map.</summary>
    public MapView Output { get; set; }

    /// <inheritdoc/>
    public override int Items => shape.Batch * shape.OutHeight;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(int item, void* scratch)
    {
        var channels = shape.OutChannels;
        var y = (item % shape.OutHeight) - shape.PadTop;
        var source = Input.Data + (((((nint)item / shape.OutHeight) * shape.InHeight) + y) * shape.InWidth * Input.Pitch);
        var target = Output.Data + ((nint)item * shape.OutWidth * Output.Pitch);
        if ((uint)y < (uint)shape.InHeight && Input.Pitch == channels && Output.Pitch == channels)
        {
            var row = new Span<float>(target, shape.OutWidth * channels);
            var inside = shape.PadLeft * channels;
            row[..inside].Clear();
            new ReadOnlySpan<float>(source, shape.InWidth * channels).CopyTo(row[inside..]);
            row[(inside + (shape.InWidth * channels))..].Clear();
            return;
        }

        for (var x = 0; x < shape.OutWidth; x++)
        {
            var inX = x - shape.PadLeft;
            var to = new Span<float>(target + ((nint)x * Output.Pitch), channels);
            if ((uint)y < (uint)shape.InHeight && (uint)inX < (uint)shape.InWidth)
            {
                new ReadOnlySpan<float>(source + ((nint)inX * Input.Pitch), channels).CopyTo(to);
            }
            else
            {
                to.Clear();
            }
        }
    }
}
