namespace MlTransfer.Features.Engines.Managed.Kernels.Convolution;

/// <summary>The taps of a window that lie inside the map, along one dimension.</summary>
/// <param name="First">First tap inside.</param>
/// <param name="End">One past the last tap inside; not above <paramref name="First"/> where none is.</param>
/// <param name="Start">Position of tap 0, perhaps outside.</param>
internal readonly record struct WindowSpan(int First, int End, int Start)
{
    /// <summary>Finds them.</summary>
    /// <param name="position">Output row or column.</param>
    /// <param name="stride">Stride.</param>
    /// <param name="pad">Padding before.</param>
    /// <param name="dilation">Distance of taps.</param>
    /// <param name="kernel">Number of taps.</param>
    /// <param name="extent">Extent of the map.</param>
    public static WindowSpan At(int position, int stride, int pad, int dilation, int kernel, int extent)
    {
        var start = (position * stride) - pad;
        var first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
        var end = start >= extent ? 0 : Math.Min(kernel, ((extent - 1 - start) / dilation) + 1);
        return new WindowSpan(first, end, start);
    }
}
